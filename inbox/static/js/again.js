// A part of the page that says data-again is asked for again while it is there and says so. When it ends, the page is read anew.
import { ask } from "./exchange.js";

const EVERY = 1000;

async function look() {
  const place = document.querySelector("[data-again]");
  if (!place) return;
  if (!document.hidden) await ask(place.dataset.again);
  if (document.querySelector("[data-again]")) setTimeout(look, EVERY);
  else location.reload();
}

setTimeout(look, EVERY);
