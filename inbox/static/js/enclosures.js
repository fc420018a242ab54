// Files that leave with a reply: chosen, dropped or pasted, they go to the server at once, which looks at them and keeps them.
import { open } from "./composer.js";
import { ask } from "./exchange.js";
import { openId } from "./rows.js";
import { toast } from "./toasts.js";
import { say } from "./words.js";

const HEAVIEST = 31_000_000;
const tray = () => document.getElementById(`files-${openId()}`);
const tell = (sentence) => (document.getElementById("status").textContent = sentence);
const may = () => Boolean(document.getElementById("composer-may")?.dataset.files);

async function lay(files) {
  if (!files.length || !may()) return;
  if (files.reduce((sum, file) => sum + file.size, 0) > HEAVIEST) return toast(say("files.heavy"), "bad");
  const [form, place] = [document.getElementById("reply"), tray()];
  const body = new FormData();
  for (const name of ["_csrf", "_view"]) body.append(name, form.elements[name].value);
  for (const file of files) body.append("upload", file, file.name);
  open("reply");
  place.classList.add("busy");
  place.setAttribute("aria-busy", "true");
  tell(say("files.laying", { count: files.length }));
  const answer = await ask(`/tickets/${openId()}/enclosures`, { method: "POST", body });
  place.classList.remove("busy");
  place.removeAttribute("aria-busy");
  if (answer && tray()) tell(say("files.laid", { count: tray().querySelectorAll("[data-file]").length }));
}

// What a picture shows is kept with it, so that no closed window loses it.
function describe(field) {
  const body = new URLSearchParams({ alt: field.value, _csrf: document.body.dataset.csrf });
  fetch(field.dataset.describes, { method: "PUT", body, keepalive: true }).catch(() => toast(say("composer.undraftable"), "bad"));
}

function hover(event) {
  const frame = document.querySelector(".composer-frame");
  const isOver = event.type === "dragover" && may() && Boolean(event.target.closest?.(".thread"));
  frame?.classList.toggle("is-dropping", isOver);
  event.dataTransfer.dropEffect = isOver ? "copy" : "none";
}

export function start() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-describes]")) return describe(event.target);
    if (event.target.id !== "reply-upload") return;
    const files = [...event.target.files];
    event.target.value = "";
    lay(files);
  });
  document.addEventListener("paste", (event) => {
    if (!event.target.matches?.("#reply-text, [data-describes]") || !event.clipboardData.files.length || !may()) return;
    event.preventDefault();
    lay([...event.clipboardData.files]);
  });
  // A file that is dropped beside its place would else replace the whole desk.
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      hover(event);
      if (kind === "drop" && event.target.closest?.(".thread")) lay([...event.dataTransfer.files]);
    });
  }
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && hover(event));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches("[data-describes]")) return;
    event.preventDefault();
    document.getElementById("reply-text").focus();
  });
}
