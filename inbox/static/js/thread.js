// The open conversation: it stays at its end while the agent is there; else what is new waits behind a pill.
import { ask } from "./exchange.js";
import { openId } from "./rows.js";
import { say } from "./words.js";

let fresh = 0;
let isAsking = false;
let isStale = false;

const box = () => document.getElementById("thread-scroll");
const isAtEnd = () => !box() || box().scrollHeight - box().scrollTop - box().clientHeight < 60;
const said = () => document.querySelectorAll("#items [data-message]");

function toEnd() {
  if (!box()) return;
  box().scrollTop = box().scrollHeight;
  fresh = 0;
  showPill();
  // Who has begun to write has read what stood there then: what comes later is asked about when it is sent.
  const last = Math.max(0, ...[...said()].map((message) => Number(message.dataset.message)));
  for (const seen of document.querySelectorAll(".composer input[data-seen]")) {
    if (last && !seen.form.querySelector("[data-kind]").value) seen.value = last;
  }
}

function showPill() {
  const pill = document.getElementById("thread-pill");
  if (!pill) return;
  pill.hidden = !fresh;
  if (fresh) pill.textContent = document.getElementById("status").textContent = say("thread.new", { count: fresh });
}

export async function refresh() {
  if (isAsking) return (isStale = true);
  isAsking = true;
  const [wasAtEnd, before, id] = [isAtEnd(), said().length, openId()];
  await ask(`${location.pathname}?refresh=1`);
  if (openId() === id) {
    fresh += Math.max(0, said().length - before);
    if (wasAtEnd) toEnd();
    else showPill();
  }
  isAsking = false;
  if (isStale) {
    isStale = false;
    setTimeout(refresh, 300);
  }
}

export function start() {
  toEnd();
  // A message that changed while something was begun in its menu.
  document.addEventListener("toggle", ({ target }) => !target.open && target.matches("[data-stale] details.menu") && refresh(), true);
  document.addEventListener("visited", (event) => {
    if (!event.detail.focus) return;
    toEnd();
    document.getElementById("thread-title")?.focus({ preventScroll: true });
  });
  document.addEventListener("acted", (event) => event.detail.form.matches(".composer-form") && toEnd());
  document.addEventListener("click", (event) => event.target.id === "thread-pill" && toEnd());
}
