// While examples are typed: which of them are somebody's already, or nearly. Without this file the page says so when it is saved.
import { ask } from "./exchange.js";

const PAUSE = 400;
let waiting = 0;

for (const form of document.querySelectorAll("form[data-compare]")) {
  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(form.dataset.compare, { method: "POST", body: new URLSearchParams(new FormData(form)) }), PAUSE);
  });
}
