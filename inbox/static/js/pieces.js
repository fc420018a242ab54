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
      if (target && !isInUse(target, piece)) ways[piece.dataset.how]?.(target, piece.content);
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
  if (!("polite" in piece.dataset)) return false;
  return target.querySelector("details[open]") !== null || (target.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
}

// Children by id: the same stay untouched, changed ones are replaced, new ones enter after their neighbour.
function merge(target, content) {
  let before = null;
  for (const child of [...content.children]) {
    const known = document.getElementById(child.id);
    if (!known || !target.contains(known)) {
      if (before) before.after(child);
      else target.append(child);
      before = child;
    } else {
      before = known.isEqualNode(child) ? known : (known.replaceWith(child), child);
    }
  }
}

export function keepingFocus(change) {
  const id = document.activeElement?.id;
  change();
  if (id && document.activeElement === document.body) document.getElementById(id)?.focus({ preventScroll: true });
}
