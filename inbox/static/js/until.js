// How long something may still be done here: told by the second, and said aloud once when little is left. The server decides.
import { refresh } from "./thread.js";
import { say } from "./words.js";

const SOON = 600;
const told = new Set();
const once = (name) => !told.has(name) && told.add(name);

function span(seconds) {
  const [days, hours, minutes] = [86400, 3600, 60].map((unit) => Math.floor(seconds / unit));
  if (days >= 2) return say("time.days", { count: days });
  if (hours) return `${say("time.hours", { count: hours })} ${say("time.minutes", { count: minutes % 60 })}`;
  return `${say("time.minutes", { count: minutes })} ${say("time.seconds", { count: Math.floor(seconds % 60) })}`;
}

function tell() {
  for (const left of document.querySelectorAll("[data-until]")) {
    const { until } = left.dataset;
    const seconds = (Date.parse(until) - Date.now()) / 1000;
    const text = seconds > 0 ? say("may.left", { time: span(seconds) }) : "";
    if (left.textContent !== text) left.textContent = text;
    left.classList.toggle("is-soon", seconds < SOON);
    if (seconds > 0 && seconds < SOON && once(`${until} soon`)) document.getElementById("status").textContent = say("may.soon", { count: Math.ceil(seconds / 60) });
    if (seconds <= 0 && once(until)) refresh();
  }
}

export function start() {
  tell();
  setInterval(tell, 1000);
  document.addEventListener("pieces", tell);
}
