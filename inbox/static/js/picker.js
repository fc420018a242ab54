// Canned replies by "/", and those that the bot suggests: search, preview, Enter inserts, Tab goes from blank to blank. The server has filled what it knows.
import { ask } from "./exchange.js";
import { check } from "./composer.js";
import { openId } from "./rows.js";

const BLANK = /\{\{\s*[a-z_]+\s*\}\}/g;
const picker = () => document.getElementById("picker");
const area = () => document.getElementById("reply-text");
const shown = () => [...picker().querySelectorAll("[role=option]:not([hidden])")];
const chosen = () => picker().querySelector("[aria-selected=true]");

async function open() {
  await ask(`/tickets/${openId()}/canned-replies`);
  picker()?.querySelector("input").focus();
  if (picker()) choose(shown()[0]);
}

function close() {
  document.getElementById("picker-place").replaceChildren();
  area().focus();
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  picker().querySelector("input").setAttribute("aria-activedescendant", option?.id ?? "");
  picker().querySelector(".picker-preview").textContent = option?.dataset.text ?? "";
}

function insert(option) {
  if (!option) return;
  area().value = area().value ? `${area().value.trimEnd()}\n${option.dataset.text}` : option.dataset.text;
  document.getElementById("reply-canned").value = option.dataset.canned;
  close();
  area().dispatchEvent(new Event("input", { bubbles: true }));
  if (!nextBlank(0)) area().setSelectionRange(area().value.length, area().value.length);
}

function nextBlank(from) {
  const found = [...area().value.matchAll(BLANK)];
  const next = found.find((blank) => blank.index >= from) ?? found[0];
  if (next) area().setSelectionRange(next.index, next.index + next[0].length);
  check(area());
  return Boolean(next);
}

function typed(event) {
  const options = shown();
  const at = options.indexOf(chosen());
  const keys = { ArrowDown: () => choose(options[Math.min(at + 1, options.length - 1)]), ArrowUp: () => choose(options[Math.max(at - 1, 0)]), Enter: () => insert(chosen()), Tab: () => insert(chosen()), Escape: close };
  if (!keys[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  keys[event.key]();
}

function filter(wanted) {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  for (const option of picker().querySelectorAll("[role=option]")) option.hidden = !plain(option.textContent + option.dataset.text).includes(plain(wanted));
  choose(shown()[0]);
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (picker()?.contains(event.target)) return typed(event);
    if (event.target.id !== "reply-text") return;
    const { selectionStart: at, value } = event.target;
    if (event.key === "/" && /(^|\s)$/.test(value.slice(0, at))) (event.preventDefault(), open());
    else if (event.key === "Tab" && !event.shiftKey && value.match(BLANK)) nextBlank(event.target.selectionEnd) && event.preventDefault();
  });
  document.addEventListener("input", (event) => picker()?.contains(event.target) && filter(event.target.value.replace(/^\//, "")));
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#picker [role=option], [data-suggestion]");
    if (option) (event.preventDefault(), insert(option));
    else if (event.target.closest("#canned-menu > summary")) (event.preventDefault(), picker() ? close() : open());
    else if (picker() && !picker().contains(event.target)) close();
  });
}
