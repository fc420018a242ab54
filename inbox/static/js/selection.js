// Ticked rows: Shift+click takes a range, the bar says how many.
import { currentLink } from "./rows.js";
import { say } from "./words.js";

let last = null;
const ticks = () => [...document.querySelectorAll("#rows .row-tick")];

function count() {
  const [all, chosen] = [ticks(), ticks().filter((tick) => tick.checked).length];
  document.getElementById("bulk-count").textContent = say("bulk.selected", { count: chosen });
  const box = document.getElementById("bulk-all");
  box.checked = chosen > 0 && chosen === all.length;
  box.indeterminate = chosen > 0 && chosen < all.length;
}

export const hasChosen = () => ticks().some((tick) => tick.checked);

export function toggle() {
  const tick = currentLink()?.closest(".row").querySelector(".row-tick");
  if (tick) tick.click();
}

// All that are shown, or none when all are ticked already. What only comes with the next page is not meant.
export function toggleAll() {
  const all = ticks();
  const isEvery = all.every((tick) => tick.checked);
  for (const tick of all) tick.checked = !isEvery;
  count();
}

export function start() {
  document.getElementById("bulk-all").addEventListener("click", toggleAll);
  document.getElementById("rows").addEventListener("click", (event) => {
    if (!event.target.matches(".row-tick")) return;
    const all = ticks();
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
      for (const tick of all.slice(Math.max(from, 0), to + 1)) tick.checked = event.target.checked;
    }
    last = event.target;
    count();
  });
  document.getElementById("bulk").addEventListener("reset", () => setTimeout(count));
}
