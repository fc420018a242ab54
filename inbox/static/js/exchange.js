// Links marked data-visit and forms marked data-act change only a part of the page. Without this file they work as ever.
import { apply } from "./pieces.js";
import { toast } from "./toasts.js";

let visiting = null;

export async function visit(address, { isPushed = true, focus = true } = {}) {
  visiting?.abort();
  visiting = new AbortController();
  const answer = await ask(address, { signal: visiting.signal });
  if (!answer) return;
  if (isPushed) history.pushState({}, "", answer.headers.get("X-Address") ?? address);
  document.dispatchEvent(new CustomEvent("visited", { detail: { focus: focus && isPushed } }));
}

export async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, { ...options, headers: { "X-Pieces": "1" } });
    if (!answer.headers.has("X-Pieces")) {
      if (answer.ok || answer.status === 401) location.assign(answer.redirected ? answer.url : location.href);
      else await complain(answer);
      return null;
    }
    apply(await answer.text());
    return answer.ok ? answer : null;
  } catch (error) {
    if (error.name !== "AbortError") toast(document.body.dataset.lost ?? error.message, "bad");
    return null;
  }
}

// What went wrong, in the agent's language, with the id that finds it in the log. What is on the page stays.
async function complain(answer) {
  const told = await answer.json().catch(() => ({}));
  toast([told.detail ?? answer.statusText, told.request && `(${told.request})`].filter(Boolean).join(" "), "bad");
}

// What had the focus may be gone now: then its menu has it, or the conversation's title; never nothing.
function refocus(menu) {
  if (document.activeElement !== document.body) return;
  const trigger = menu && document.querySelector(`#${menu} > summary`);
  (trigger ?? document.getElementById("thread-title"))?.focus({ preventScroll: true });
}

async function act(form, submitter) {
  // Files have gone to the server before: what is left of their field says nothing.
  const body = new URLSearchParams([...new FormData(form, submitter)].filter(([, value]) => typeof value === "string"));
  const next = form.dataset.then;
  const menu = form.closest("details.menu[id]")?.id;
  form.classList.add("busy");
  const answer = await ask(submitter?.getAttribute("formaction") ?? form.action, { method: "POST", body });
  form.classList.remove("busy");
  if (answer) form.closest(".toast")?.remove();
  if (answer) document.dispatchEvent(new CustomEvent("acted", { detail: { next, form } }));
  refocus(menu);
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-visit]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    visit(link.href, { isPushed: !("keepsAddress" in link.dataset) });
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.matches("form[data-act]")) return;
    event.preventDefault();
    act(event.target, event.submitter);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submits]")) event.target.form.requestSubmit();
  });
  addEventListener("popstate", () => (document.getElementById("rest") ? visit(location.href, { isPushed: false }) : location.reload()));
}
