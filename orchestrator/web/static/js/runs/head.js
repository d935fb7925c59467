/* What stands above: state, cycle, step, values, times; and which orders are possible. */
import { duration, moment, number, quantity } from "../format.js";
import { onPulse, state as live } from "../live.js";
import { t } from "../words.js";

const places = new Map([...document.querySelectorAll("[data-live]")].map((node) => [node.dataset.live, node]));
const badge = document.getElementById("state");
const reason = document.getElementById("reason");
const prompt = document.getElementById("prompt");
const bar = document.getElementById("progress");
let shown = null;
let leftUntil_s = null;

function say(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

export function followHead(run, head, orders) {
  if (!shown || shown.time_left_s !== head.time_left_s) leftUntil_s = null;
  if (shown && shown.state !== head.state && head.ended) document.getElementById("follow-end").checked = false;
  shown = head;
  run.ended = head.ended;
  run.head = head;
  badge.className = `badge live-value ${head.state}`;
  say(badge, t(head.state));
  say(reason, head.reason || "");
  reason.hidden = !head.reason;
  prompt.hidden = head.prompt === null;
  say(document.getElementById("prompt-text"), head.prompt || "");
  say(places.get("cycle"), cycleText(head));
  say(places.get("step"), head.step ? (head.label ? `${t(head.step)}, ${head.label}` : t(head.step)) : "–");
  say(places.get("voltage"), quantity(head.voltage_V, "V"));
  say(places.get("current"), quantity(head.current_A, "A"));
  say(places.get("temperature"), head.temperature_degC === null ? "–" : `${number(head.temperature_degC, 1)} °C`);
  markPlan(head);
  times();
  if (orders) showOrders(orders);
}

function cycleText(head) {
  if (!head.cycles_total) return "–";
  const total = head.cycles_about ? `≈ ${head.cycles_total}` : head.cycles_total;
  return `${head.ended ? head.cycles_done : head.cycle || 0} / ${total}`;
}

function markPlan(head) {
  for (const line of document.querySelectorAll("#plan li")) {
    const here = !head.ended && Number(line.dataset.item) === head.item && line.dataset.line === String(head.line);
    if (here) line.setAttribute("aria-current", "step");
    else line.removeAttribute("aria-current");
  }
}

function showOrders(orders) {
  for (const button of document.querySelectorAll("[data-order]")) {
    const why = orders[button.dataset.order];
    button.setAttribute("aria-disabled", why ? "true" : "false");
    say(document.getElementById(`why-${button.dataset.order}`), why ? t(why) : "");
    if (button.dataset.order === "resume") say(button, t(orders.verb));
  }
}

export function elapsed_s() {
  if (!shown || shown.started_unix_s === null) return null;
  const until_s = shown.finished_unix_s ?? live.nowUnix_s;
  return until_s === null ? null : until_s - shown.started_unix_s;
}

export function left_s() {
  if (!shown || shown.ended || leftUntil_s === null || live.nowUnix_s === null) return null;
  return Math.max(leftUntil_s - live.nowUnix_s, 0);
}

/* What changes by the mere passing of time is reckoned here, on the lab's clock. */
function times() {
  if (!shown) return;
  if (leftUntil_s === null && shown.time_left_s !== null && live.nowUnix_s !== null) leftUntil_s = live.nowUnix_s + shown.time_left_s;
  say(places.get("elapsed"), duration(elapsed_s()));
  const goesOn = ["starting", "running", "stopping"].includes(shown.state);
  const left = goesOn ? left_s() : shown.ended ? null : shown.time_left_s;
  say(places.get("left"), duration(left));
  say(places.get("finish"), shown.finished_unix_s !== null ? moment(shown.finished_unix_s) : goesOn ? moment(leftUntil_s) : "–");
  const elapsed = elapsed_s();
  if (shown.state === "completed") bar.value = 1;
  else if (goesOn && left !== null && elapsed !== null && elapsed + left > 0) bar.value = elapsed / (elapsed + left);
}

onPulse((state) => {
  if (state.fresh) times();
});
