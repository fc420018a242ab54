// Tells the server who is here and whether they write; it answers with who else is.
import { ask } from "./exchange.js";
import { openId } from "./rows.js";

let wrote = 0;
let told = 0;

function touch() {
  if (!openId() || document.hidden) return;
  told = Date.now();
  const body = new URLSearchParams({ _csrf: document.body.dataset.csrf, is_writing: Date.now() - wrote < 12_000 ? "1" : "" });
  ask(`/tickets/${openId()}/presence`, { method: "POST", body });
}

export function start() {
  setInterval(touch, 10_000);
  touch();
  document.addEventListener("visited", touch);
  document.addEventListener("visibilitychange", touch);
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".composer textarea")) return;
    const wasSilent = Date.now() - wrote > 12_000;
    wrote = Date.now();
    if (wasSilent && Date.now() - told > 1000) touch();
  });
}
