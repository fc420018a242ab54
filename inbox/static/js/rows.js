// The list: which row is open, which are ticked, where the focus goes next, and what waits behind "3 new".
import { keepingFocus } from "./pieces.js";
import { tell } from "./ages.js";
import { say } from "./words.js";

const waiting = new Map();
export const links = () => [...document.querySelectorAll(".row-link")];
export const openId = () => document.querySelector("#thread[data-ticket]")?.dataset.ticket;
export const currentLink = () => document.activeElement?.closest(".row")?.querySelector(".row-link") ?? document.querySelector("#rows [aria-current]");

export function step(by) {
  const all = links();
  const at = all.indexOf(currentLink());
  (all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)] ?? document.getElementById("list-scroll"))?.focus();
}

export function markOpen() {
  for (const link of document.querySelectorAll("#rows [aria-current]")) link.removeAttribute("aria-current");
  for (const row of document.querySelectorAll("#rows .is-gone")) if (row.dataset.ticket !== openId()) row.remove();
  document.getElementById(`row-${openId()}`)?.setAttribute("aria-current", "true");
}

// A ticket has changed: its row is redrawn where it stands. One that is new here waits, so that nothing moves under the pointer.
export function receive(row) {
  const known = document.getElementById(row.id);
  if (!known && comesLater(row)) waiting.delete(row.id);
  else if (!known) waiting.set(row.id, row);
  else {
    row.querySelector(".row-tick").checked = known.querySelector(".row-tick").checked;
    row.classList.add("is-fresh");
    keepingFocus(() => known.replaceWith(row));
    if (row.dataset.ticket === openId()) row.querySelector(".row-link").setAttribute("aria-current", "true");
    tell(row);
  }
}

export function leave(id) {
  waiting.delete(`ticket-${id}`);
  const row = document.getElementById(`ticket-${id}`);
  if (!row) return;
  if (id === openId()) return row.classList.add("is-gone");
  const isFocused = row.contains(document.activeElement);
  const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector(".row-link");
  row.remove();
  if (isFocused) (next ?? document.getElementById("list-scroll")).focus();
}

export function showPill() {
  const pill = document.getElementById("list-pill");
  if (document.getElementById("blank") && waiting.size) return admit();
  pill.hidden = !waiting.size;
  if (waiting.size) pill.textContent = document.getElementById("status").textContent = say("list.new", { count: waiting.size });
}

function admit() {
  document.getElementById("blank")?.remove();
  const newest = [...waiting.values()].reverse();
  if (isLongest()) newest.forEach(insert);
  else document.getElementById("rows").prepend(...newest);
  waiting.clear();
  document.getElementById("list-pill").hidden = true;
  if (!isLongest()) document.getElementById("list-scroll").scrollTop = 0;
  tell(document.getElementById("rows"));
  newest[0]?.scrollIntoView({ block: "nearest" });
  return newest[0];
}

// Sorted by waiting, a row enters after all who wait longer; one that belongs on a later page comes with it.
const isLongest = () => new URLSearchParams(document.body.dataset.query).get("sort") === "longest";
const since = (row) => row.dataset.waits ?? "~";
const next = (row) => [...document.querySelectorAll("#rows .row")].find((other) => since(other) > since(row));
const comesLater = (row) => isLongest() && !next(row) && document.querySelector("#more a") !== null;

function insert(row) {
  const before = next(row);
  if (before) before.before(row);
  else document.getElementById("rows").append(row);
}

// The next page comes when the end of the list is near; its link stays for those who do not scroll.
function loadAtEnd() {
  const box = document.getElementById("list-scroll");
  const link = document.querySelector("#more a[data-visit]:not([aria-busy])");
  if (!link || box.scrollHeight - box.scrollTop - box.clientHeight > 400) return;
  link.setAttribute("aria-busy", "true");
  link.click();
}

export function start() {
  document.getElementById("list-scroll").addEventListener("scroll", loadAtEnd, { passive: true });
  document.getElementById("list-pill").addEventListener("click", () => admit()?.querySelector(".row-link").focus());
  document.addEventListener("visited", markOpen);
  document.addEventListener("acted", (event) => {
    if (event.detail.next === "row") step(1);
    if (event.detail.form.id === "bulk") event.detail.form.reset();
  });
}
