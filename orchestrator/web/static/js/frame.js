/* What every page does: says whether it is up to date, shows alarms, and can stop everything. */
import "./banner.js";
import { duration } from "./format.js";
import { follow, onPulse } from "./live.js";
import "./stop_all.js";
import "./times.js";
import { t } from "./words.js";

const connection = document.getElementById("connection");
const staleBanner = document.getElementById("stale");
const silent = new Map();

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = text === "";
}

follow("service", (rows) => {
  for (const [key, row] of rows) {
    if (!key.startsWith("node/")) continue;
    if (row.silent && !silent.has(key)) silent.set(key, Date.now());
    if (!row.silent) silent.delete(key);
  }
});

onPulse((state) => {
  connection.className = state.fresh ? "connection live" : "connection";
  say(connection, state.fresh ? t("live") : t("not connected"));
  const parts = [];
  if (state.problem) parts.push(t("The service cannot read its database: {problem}", { problem: state.problem }));
  else if (!state.fresh) parts.push(t("The service does not answer; what is shown is {age} old. The instruments go on.", { age: duration((Date.now() - state.sinceMs) / 1000) }));
  for (const [key, since] of silent) {
    const age = duration((Date.now() - since) / 1000 + 8);
    parts.push(t("Node {node} has not reported for {age}: what is shown of its instruments is old.", { node: key.slice(5), age }));
  }
  document.documentElement.classList.toggle("node-silent", silent.size > 0);
  say(staleBanner, parts.join(" "));
});

document.getElementById("language").addEventListener("change", (event) => {
  const back = window.location.pathname + window.location.search;
  window.location.assign(`/language/${event.target.value}?back=${encodeURIComponent(back)}`);
});

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    /* for this page only */
  }
  window.dispatchEvent(new CustomEvent("theme"));
});

document.body.addEventListener("htmx:configRequest", (event) => {
  const csrf = document.documentElement.dataset.csrf;
  if (csrf) event.detail.headers["X-CSRF-Token"] = csrf;
});
