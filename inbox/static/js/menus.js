// Menus close when the agent looks elsewhere, and arrows walk through them.
export function start() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target) || event.target.closest("a.menu-item")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const menu = event.target.closest?.("details.menu[open]");
    if (!step || !menu || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll(".menu-item")];
    items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
  });
}
