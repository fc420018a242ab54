// Before the first paint: the widths this browser chose, and that scripts run. Nothing personal is kept here.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  for (const zone of ["list", "panel"]) {
    const width = Number(localStorage.getItem(`width-${zone}`));
    if (width >= 200 && width <= 700) root.style.setProperty(`--${zone}`, `${width}px`);
  }
  if (localStorage.getItem("panel") === "closed") root.classList.add("panel-closed");
})();
