// Puts what the server drew in its place: one policy, one door for HTML into the page. The focused field is never lost.
const policy = globalThis.trustedTypes?.createPolicy("comptoir", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = policy.createHTML(html);
  return holder.content;
}

export function apply(html) {
  keepingFocus(() => {
    for (const piece of parse(html).querySelectorAll("template[data-at]")) {
      const target = document.getElementById(piece.dataset.at);
      if (target && !isInUse(target, piece)) ways[piece.dataset.how]?.(target, piece.content, "polite" in piece.dataset);
    }
  });
  document.dispatchEvent(new CustomEvent("pieces"));
}

const ways = {
  replace: (target, content) => target.replaceWith(content),
  inside: (target, content) => target.replaceChildren(content),
  append: (target, content) => target.append(content),
  prepend: (target, content) => target.prepend(content),
  remove: (target) => target.remove(),
  merge,
};

// What changed by itself (not by this agent) waits while he has a menu open or writes there.
function isInUse(target, piece) {
  if (!("polite" in piece.dataset) || piece.dataset.how === "merge") return false;
  return target.querySelector("details[open]") !== null || (target.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
}

// Children by id: the same stay untouched, changed ones are replaced, new ones enter after their neighbour. A menu that is open
// stays open on what changed by itself, unless something was begun there: then it waits until the menu is closed.
function merge(target, content, isPolite) {
  let before = null;
  for (const child of [...content.children]) {
    const known = document.getElementById(child.id);
    if (!known || !target.contains(known)) {
      if (before) before.after(child);
      else target.append(child);
      before = child;
    } else {
      before = isStill(known, child, isPolite) ? known : (known.replaceWith(child), child);
    }
  }
}

function isStill(known, child, isPolite) {
  const menu = isPolite && known.querySelector("details.menu[open]");
  if (menu && (menu.querySelector("[data-warn]:not(:empty)") || [...menu.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue))) {
    known.dataset.stale = "";
    return true;
  }
  if (menu) for (const open of known.querySelectorAll("details[open][id]")) child.querySelector(`#${open.id}`)?.setAttribute("open", "");
  return known.isEqualNode(child);
}

export function keepingFocus(change) {
  const [id, menu] = [document.activeElement?.id, document.activeElement?.closest("details.menu[id]")?.id];
  change();
  if (document.activeElement !== document.body) return;
  const place = (id && document.getElementById(id)) || (menu && document.querySelector(`#${menu} > summary`));
  place?.focus?.({ preventScroll: true });
}
