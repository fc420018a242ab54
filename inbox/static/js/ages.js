// "5 min", "3 h", "2 d": told from each time's own attribute, anew every half minute.
import { say } from "./words.js";

const language = document.documentElement.lang;
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const fullDate = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });

function age(time) {
  const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
  if (seconds < 60) return say("time.now");
  if (seconds < 3600) return say("time.minutes", { count: Math.floor(seconds / 60) });
  if (seconds < 86400) return say("time.hours", { count: Math.floor(seconds / 3600) });
  if (seconds < 7 * 86400) return say("time.days", { count: Math.floor(seconds / 86400) });
  const day = new Date(time.dateTime);
  return (day.getFullYear() === new Date().getFullYear() ? date : fullDate).format(day);
}

export function tell(within = document) {
  for (const time of within.querySelectorAll("time[data-age]")) {
    if (!time.title) time.title = time.textContent;
    const told = age(time);
    if (time.textContent !== told) time.textContent = told;
  }
}

export function start() {
  tell();
  setInterval(tell, 30_000);
  document.addEventListener("pieces", () => tell());
}
