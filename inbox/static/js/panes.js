// Zones that can be made wider or narrower, by mouse or arrow keys, and a panel that can be put away. Remembered per browser.
const root = document.documentElement;

function width(zone, value) {
  const kept = Math.min(Math.max(Math.round(value), 240), 620);
  root.style.setProperty(`--${zone}`, `${kept}px`);
  localStorage.setItem(`width-${zone}`, kept);
  document.getElementById(`resize-${zone}`)?.setAttribute("aria-valuenow", kept);
}

export function start() {
  const list = document.getElementById("list");
  const bar = document.getElementById("resize-list");
  bar?.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    bar.onpointermove = (move) => width("list", move.clientX - list.getBoundingClientRect().left);
    bar.onpointerup = () => (bar.onpointermove = null);
  });
  bar?.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step) (event.preventDefault(), width("list", list.offsetWidth + step));
  });
  document.addEventListener("click", (event) => {
    // On a narrow window the link's own #panel shows it as a screen of its own.
    if (!event.target.closest("#panel-toggle") || matchMedia("(width < 75rem)").matches) return;
    event.preventDefault();
    const isClosed = root.classList.toggle("panel-closed");
    localStorage.setItem("panel", isClosed ? "closed" : "open");
  });
}
