// Single keys for those who triage by keyboard: dead in text fields, with Ctrl, Alt or Meta, and when the profile says off.
import { open as write } from "./composer.js";
import { openDialog } from "./palette.js";
import { links, openId, step } from "./rows.js";
import { hasChosen, toggle, toggleAll } from "./selection.js";
import { toast } from "./toasts.js";
import { say } from "./words.js";

let chord = -Infinity; // when "g" was pressed
const press = (selector) => document.querySelector(selector)?.click();
const views = { m: "mine", u: "unassigned", o: "open", w: "waiting", s: "snoozed", a: "all", i: "open" };

// With rows ticked, a key means them and not the open ticket.
const both = (key) => press(`${hasChosen() ? "#bulk [data-bulk" : "#thread-head [data-key"}=${key}]`);

function open(id) {
  const menu = document.getElementById(id);
  if (!menu) return;
  menu.open = true;
  menu.querySelector("button, select, input:not([type=hidden])")?.focus();
}

const unfold = (id) => (hasChosen() ? toast(say("bulk.only")) : open(id));

const keys = {
  j: () => step(1),
  k: () => step(-1),
  o: () => (document.activeElement.matches(".row-link") ? document.activeElement : openId() ? null : links()[0])?.click(),
  u: () => (document.querySelector("#rows [aria-current]") ?? links()[0])?.focus(),
  r: () => write("reply"),
  p: () => write("move"),
  n: () => write("note"),
  m: () => write("note"),
  i: () => both("i"),
  e: () => both("e"),
  a: () => unfold("assign-menu"),
  s: () => unfold("snooze-menu"),
  l: () => document.getElementById("tag-name")?.focus(),
  x: toggle,
  X: toggleAll,
  f: () => open("filter-menu"),
  "/": () => (document.getElementById("q") ? document.getElementById("q").select() : press("#rail-find")),
  "?": () => openDialog("shortcuts"),
};

export function start() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return event.preventDefault(), openDialog("palette");
    if (event.key === "Escape") return escape(event);
    const isTyping = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !"jk".includes(event.key)) return;
    if (document.body.dataset.shortcuts !== "on" || document.querySelector("dialog[open]")) return;
    const isChord = performance.now() - chord < 1200;
    chord = -Infinity;
    if (isChord && views[event.key]) return location.assign(`/views/${views[event.key]}`);
    if (event.key === "g") return void (chord = performance.now());
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event);
  });
}

function escape(event) {
  const menu = document.querySelector("details.menu[open]");
  if (menu) (menu.open = false), menu.querySelector("summary").focus();
  else if (event.target.matches(".composer textarea")) document.getElementById("thread-scroll").focus();
  else if (event.target.matches("#panel :is(input, select)")) (document.getElementById("thread-title") ?? event.target).focus();
}
