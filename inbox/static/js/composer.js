// Writing: where it goes, the counter by the network's rule, blanks that must be filled, drafts kept on the server every two seconds.
import { openId } from "./rows.js";
import { say } from "./words.js";

const unsaved = new Map();
const rules = { points: (text) => [...text].length, units: (text) => text.length, bytes: (text) => new TextEncoder().encode(text).length };

export function check(area) {
  const output = document.querySelector(`output[for="${area.id}"]`);
  if (!area.dataset.limit || !output) return;
  const left = Number(area.dataset.limit) - (rules[area.dataset.counts] ?? rules.points)(area.value.normalize("NFC"));
  output.textContent = left < 0 ? say("composer.over", { count: -left }) : left < area.dataset.limit * 0.2 || left < 100 ? say("composer.left", { count: left }) : "";
  output.classList.toggle("is-over", left < 0);
  const blanks = [...new Set([...area.value.matchAll(/\{\{\s*([a-z_]+)\s*\}\}/g)].map((found) => found[1]))];
  area.setCustomValidity(blanks.length ? say("composer.blanks", { names: blanks.join(", ") }) : left < 0 ? output.textContent : area.value.trim() || area.form.querySelector("[data-file]") ? "" : say("composer.empty"));
}

async function save(path, area) {
  const text = unsaved.get(path);
  unsaved.delete(path);
  const body = new URLSearchParams({ text, _csrf: document.body.dataset.csrf });
  const answer = await fetch(path, { method: "PUT", body, keepalive: text.length < 60_000 }).catch(() => null);
  if (!answer?.ok && !unsaved.has(path)) unsaved.set(path, text);
  const hint = area.form?.querySelector("[data-drafted]");
  if (hint && area.value) hint.textContent = say(answer?.ok ? "composer.drafted" : "composer.undraftable");
}

function later(area) {
  const path = `/tickets/${openId()}/drafts/${area.dataset.kind}`;
  if (!unsaved.has(path)) setTimeout(() => unsaved.has(path) && save(path, area), 2000);
  unsaved.set(path, area.value);
}

// What was said against other words says nothing about these: they are judged anew.
function unwarn(form) {
  form.querySelector("[data-warn]")?.replaceChildren();
  const send = form.querySelector("[data-plain]");
  if (send) send.textContent = send.dataset.plain;
}

// The contact now writes elsewhere, or the time is over. Words that were begun keep the place for which they were written:
// the server asks before they go anywhere else.
function settle() {
  const may = document.getElementById("composer-may");
  if (!may) return;
  for (const place of document.querySelectorAll(".composer input[data-place-of]")) {
    if (!place.form.querySelector("[data-kind]").value) place.value = may.dataset.place;
  }
  const [area, send] = [document.getElementById("reply-text"), document.getElementById("reply-send")];
  send.disabled = document.getElementById("tab-reply").disabled = !may.dataset.can;
  if (may.dataset.can) area.disabled = false;
  const [line, apart] = ["private-line", "move-text"].map((id) => document.getElementById(id));
  for (const open of [area, line]) if (open) open.dataset.limit = may.dataset.limit;
  if (apart) apart.dataset.limit = may.dataset.privateLimit;
  document.getElementById("attach").hidden = !may.dataset.files;
  document.getElementById("reply-upload").accept = may.dataset.kinds;
  const label = send.querySelector("[data-plain]");
  if (label.textContent === label.dataset.plain) label.textContent = may.dataset.send;
  label.dataset.plain = may.dataset.send;
  const tab = document.getElementById("tab-move");
  tab.disabled = tab.hidden = tab.labels[0].hidden = !may.dataset.private;
  if (tab.disabled && tab.checked) document.getElementById(may.dataset.can ? "tab-reply" : "tab-note").checked = true;
}

export function open(kind) {
  const tab = document.getElementById(`tab-${kind}`);
  if (!tab || tab.disabled) return;
  tab.checked = true;
  const area = document.getElementById(`${kind}-text`);
  if (!area) return void document.querySelector(`#${kind}-form [open] input:not([type=hidden])`)?.focus(); // a formula's first blank
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

export function start() {
  const areas = () => document.querySelectorAll(".composer textarea[data-kind]");
  const checkAll = () => document.querySelectorAll(".composer textarea[data-limit]").forEach(check);
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".composer textarea, .said-sure textarea")) return;
    unwarn(event.target.form);
    check(event.target);
    if (event.target.dataset.kind) later(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches(".composer textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  // What has just been sent is no draft any more.
  document.addEventListener("submit", (event) => event.target.matches(".composer-form") && unsaved.delete(`/tickets/${openId()}/drafts/${event.target.id}`), true);
  document.addEventListener("change", (event) => event.target.name === "composer-kind" && open(event.target.id.slice(4)));
  document.addEventListener("pieces", () => (settle(), checkAll()));
  // Words that were taken back are in the composer again, and so is the focus.
  document.addEventListener("acted", ({ detail: { form } }) => /\/replies\/\d+$/.test(form.getAttribute("action")) && open(document.getElementById("move-text")?.value ? "move" : "reply"));
  addEventListener("pagehide", () => areas().forEach((area) => unsaved.has(`/tickets/${openId()}/drafts/${area.dataset.kind}`) && save(`/tickets/${openId()}/drafts/${area.dataset.kind}`, area)));
  checkAll();
}
