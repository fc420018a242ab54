// The few sentences that scripts say, in the page's language, given by the server.
const words = JSON.parse(document.body.dataset.words ?? "{}");
const french = document.documentElement.lang === "fr";

export function say(key, blanks = {}) {
  const form = (french ? Math.abs(blanks.count) < 2 : blanks.count === 1) ? "one" : "other";
  const sentence = words[key] ?? words[`${key}.${form}`] ?? "";
  return sentence.replace(/\{(\w+)\}/g, (_, name) => blanks[name] ?? "");
}
