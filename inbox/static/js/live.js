// What happens elsewhere arrives here. After a lost connection the stream resumes where it stopped: nothing is missing.
import { visit } from "./exchange.js";
import { parse } from "./pieces.js";
import { leave, openId, receive, showPill } from "./rows.js";
import { refresh } from "./thread.js";
import { say } from "./words.js";

let cursor = document.body.dataset.cursor;
let stream = null;
let patience = 1000;
let alarm = null;

function tellLost() {
  alarm ??= setTimeout(() => {
    document.documentElement.classList.add("is-lost");
    document.querySelector("#lost span").textContent = say("shell.lost");
  }, 1500);
}

function tellBack() {
  clearTimeout(alarm);
  alarm = null;
  patience = 1000;
  if (!document.documentElement.classList.contains("is-lost")) return;
  document.documentElement.classList.remove("is-lost");
  document.querySelector("#lost span").textContent = "";
  document.getElementById("status").textContent = say("shell.updated");
  if (openId()) refresh();
}

function count(counts) {
  for (const badge of document.querySelectorAll("[data-count]")) badge.textContent = counts[badge.dataset.count] ?? "";
  const here = counts[document.body.dataset.view];
  document.title = document.title.replace(/^(\(.*?\) )?/, here ? `(${here}) ` : "");
}

function connect() {
  const { view, query } = document.body.dataset;
  stream = new EventSource(`/live?view=${encodeURIComponent(view)}&${query.slice(1)}&after=${cursor}`);
  stream.addEventListener("open", tellBack);
  stream.addEventListener("rows", (event) => {
    cursor = event.lastEventId || cursor;
    const rows = [...parse(event.data).children];
    rows.forEach(receive);
    showPill();
    if (rows.some((row) => row.dataset.ticket === openId())) refresh();
  });
  stream.addEventListener("gone", (event) => {
    cursor = event.lastEventId || cursor;
    const ids = event.data.split(" ");
    if (ids.includes(openId())) refresh();
    ids.forEach(leave);
    showPill();
  });
  // What may be done on a channel has changed. Its door opens anew within a second; not all windows ask in the same moment.
  stream.addEventListener("channels", ({ data }) => {
    const { channel } = document.getElementById("composer-may")?.dataset ?? {};
    if (channel && data.split(" ").includes(channel)) setTimeout(refresh, 1500 + Math.random() * 1500);
  });
  stream.addEventListener("counts", (event) => count(JSON.parse(event.data)));
  // The server remembers less than was missed: the page is drawn anew.
  stream.addEventListener("reload", () => location.reload());
  stream.addEventListener("error", () => {
    tellLost();
    if (stream.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, (patience = Math.min(patience * 1.6, 15_000)) * (0.7 + Math.random() * 0.6));
    fetch("/session", { headers: { "X-Pieces": "1" } }).then((answer) => answer.status === 401 && location.reload(), () => {});
  });
}

export function start() {
  if (!document.getElementById("rows")) return;
  connect();
  addEventListener("offline", tellLost);
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => event.persisted && visit(location.href, { isPushed: false }).then(connect));
}
