// Ctrl+K: everything the page can do, by name. It offers what stands on the page, so it never offers what is not allowed.
const list = () => document.getElementById("palette-list");
const options = () => [...list().querySelectorAll("[role=option]")];
const chosen = () => list().querySelector("[aria-selected=true]");
const SOURCES = ["#thread-head button", ".tabs label", "#sort-menu .menu-item, .rail-link, .rail-foot .menu-item"]; // what concerns the ticket comes first
const KEYS = { "tab-reply": "r", "tab-note": "n" };
let offers = [];

const name = (element) => (element.querySelector("span:not(.portrait, .rail-count)") ?? element).textContent.replace(/\s+/g, " ").trim() || element.title;

function gather() {
  offers = SOURCES.flatMap((source) => [...document.querySelectorAll(source)]).map((element) => ({
    element,
    name: [element.closest("details.menu:not(.rail-foot *)")?.querySelector("summary").getAttribute("aria-label"), name(element)].filter(Boolean).join(" : "),
    key: element.dataset.key ?? KEYS[element.htmlFor] ?? "",
  }));
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function draw(wanted = "") {
  const found = offers.filter((offer) => plain(wanted).split(" ").every((word) => plain(offer.name).includes(word))).slice(0, 40);
  list().replaceChildren(...found.map((offer, index) => {
    const option = Object.assign(document.createElement("div"), { className: "menu-item", id: `offer-${index}` });
    option.setAttribute("role", "option");
    option.append(Object.assign(document.createElement("span"), { textContent: offer.name }));
    if (offer.key) option.append(Object.assign(document.createElement("kbd"), { textContent: offer.key }));
    option.addEventListener("click", () => run(offer));
    return option;
  }));
  if (!found.length) list().textContent = list().dataset.none;
  choose(options()[0]);
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  document.getElementById("palette-input").setAttribute("aria-activedescendant", option?.id ?? "");
}

function run(offer) {
  document.getElementById("palette").close();
  offer.element.click();
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  if (id === "palette") (gather(), (document.getElementById("palette-input").value = ""), draw());
  dialog.showModal();
}

export function start() {
  const input = document.getElementById("palette-input");
  for (const opener of document.querySelectorAll("[data-opens]")) {
    opener.hidden = !input;
    opener.addEventListener("click", () => openDialog(opener.dataset.opens));
  }
  input?.addEventListener("input", () => draw(input.value));
  input?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) (event.preventDefault(), choose(options()[options().indexOf(chosen()) + step] ?? chosen()));
    if (event.key === "Enter") (event.preventDefault(), chosen()?.click());
  });
  for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
