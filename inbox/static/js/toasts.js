// A sentence at the foot of the window that leaves by itself; the server's own carry their time in data-seconds.
export function toast(sentence, kind = "") {
  const box = document.createElement("div");
  box.className = `toast is-${kind}`;
  box.textContent = sentence;
  document.getElementById("toasts").append(box);
}

export function start() {
  const place = document.getElementById("toasts");
  if (!place) return;
  const leave = (box) => {
    // Whoever is on it with mouse or keyboard keeps it.
    if (box.matches(":hover, :focus-within")) setTimeout(leave, 1000, box);
    else box.remove();
  };
  // How long it can still be taken back stands on the button; read aloud it would only disturb.
  const tick = (box, until) => {
    const left = box.querySelector("[data-left]");
    if (!left || !box.isConnected) return;
    left.textContent = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    setTimeout(tick, 250, box, until);
  };
  new MutationObserver((changes) => {
    for (const box of changes.flatMap((change) => [...change.addedNodes])) {
      if (!(box instanceof HTMLElement)) continue;
      document.getElementById("status").textContent = box.firstElementChild?.textContent ?? box.textContent;
      tick(box, performance.now() + Number(box.dataset.seconds ?? 6) * 1000);
      setTimeout(leave, Number(box.dataset.seconds ?? 6) * 1000, box);
    }
    while (place.childElementCount > 3) place.firstElementChild.remove();
  }).observe(place, { childList: true });
}
