// Everything starts here, once. Each behaviour has a file of its own and the page works without any of them.
import * as ages from "./ages.js";
import * as composer from "./composer.js";
import * as enclosures from "./enclosures.js";
import * as exchange from "./exchange.js";
import * as keyboard from "./keyboard.js";
import * as live from "./live.js";
import * as menus from "./menus.js";
import * as palette from "./palette.js";
import * as panes from "./panes.js";
import * as picker from "./picker.js";
import * as presence from "./presence.js";
import * as rows from "./rows.js";
import * as selection from "./selection.js";
import * as thread from "./thread.js";
import * as toasts from "./toasts.js";
import * as until from "./until.js";

for (const everywhere of [toasts, ages, menus, palette, exchange, keyboard]) everywhere.start();
if (document.getElementById("list-scroll")) for (const ofDesk of [rows, selection, panes, thread, composer, enclosures, picker, presence, until, live]) ofDesk.start();
