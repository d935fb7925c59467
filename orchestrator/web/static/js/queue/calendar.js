/* The queue on a calendar: a lane for each bench, each chamber and the people, drawn from the table beside it. */
import { element } from "../dialog.js";
import { moment } from "../format.js";
import { state as live } from "../live.js";
import { t } from "../words.js";

const DAY_S = 86400;
const language = document.documentElement.lang;
const order = new Intl.Collator(language, { numeric: true });
const WORDS = { begun: t("under way"), queued: t("queued"), planned: t("planned"), person: t("a person acts") };

function midnight(unix_s, days = 0) {
  const day = new Date(unix_s * 1000);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() + days);
  return day.getTime() / 1000;
}

function readSlots(root) {
  const rows = [...root.querySelectorAll("tr[data-start]")].map((row) => row.dataset);
  return rows
    .filter((row) => row.start !== "" && row.end !== "")
    .map((row) => ({ ...row, start: Number(row.start), end: Number(row.end) }));
}

function lanesOf(slots) {
  const benches = new Map();
  const chambers = new Map();
  const people = [];
  const put = (lanes, name, slot) => lanes.set(name, [...(lanes.get(name) || []), slot]);
  for (const slot of slots) {
    if (slot.kind === "person") people.push(slot);
    else put(benches, slot.bench || t("some bench"), slot);
    if (slot.chamber) put(chambers, slot.chamber, slot);
  }
  const sorted = (lanes) => [...lanes].sort(([a], [b]) => order.compare(a, b));
  const lanes = [...sorted(benches), ...sorted(chambers).map(([name, own]) => [t("{chamber}: temperature", { chamber: name }), own])];
  return people.length ? [[t("people"), people], ...lanes] : lanes;
}

/* Slots that overlap stand below each other. */
function rowsOf(slots) {
  const rows = [];
  for (const slot of [...slots].sort((a, b) => a.start - b.start)) {
    const free = rows.find((row) => row.at(-1).end <= slot.start + 1);
    if (free) free.push(slot);
    else rows.push([slot]);
  }
  return rows;
}

function place(node, from, to, first, last) {
  const share = (at) => (100 * (Math.min(Math.max(at, first), last) - first)) / (last - first);
  node.style.left = `${share(from)}%`;
  node.style.width = `${Math.max(share(to) - share(from), 0.25)}%`;
}

function bar(slot, first, last) {
  const text = `${slot.cell} ${slot.step}`;
  const title = `${text}, ${WORDS[slot.kind]}: ${moment(slot.start)} – ${moment(slot.end)}`;
  const attributes = { class: `bar ${slot.kind}`, title, tabindex: "-1" };
  const node = slot.path ? element("a", { ...attributes, href: slot.path }, text) : element("span", { class: attributes.class, title }, text);
  place(node, slot.start, slot.end, first, last);
  return node;
}

function scale(days, first, last) {
  const format = days === 1 ? { hour: "2-digit", minute: "2-digit", hour12: false } : { weekday: "short", day: "numeric", month: "short" };
  const shown = new Intl.DateTimeFormat(language, format);
  const line = element("div", { class: "track scale" });
  const steps = days === 1 ? 12 : days;
  for (let number = 0; number < steps; number += 1) {
    const at = days === 1 ? first + (number * DAY_S) / 12 : midnight(first, number);
    const tick = element("span", { class: "tick" }, shown.format(new Date(at * 1000)));
    place(tick, at, at + (last - first) / steps, first, last);
    line.append(tick);
  }
  return element("div", { class: "lane" }, element("div", { class: "lane-name" }, ""), line);
}

function lane(name, slots, view) {
  const track = element("div", { class: "track" });
  for (const row of rowsOf(slots)) {
    const line = element("div", { class: "line" });
    for (const slot of row) if (slot.end >= view.first && slot.start < view.last) line.append(bar(slot, view.first, view.last));
    track.append(line);
  }
  if (view.now >= view.first && view.now < view.last) {
    const mark = element("div", { class: "now" });
    place(mark, view.now, view.now, view.first, view.last);
    track.append(mark);
  }
  return element("div", { class: "lane" }, element("div", { class: "lane-name" }, name), track);
}

function legend() {
  const line = element("p", { class: "legend" });
  for (const [kind, word] of Object.entries(WORDS)) line.append(element("span", { class: `bar ${kind}` }, word));
  return line;
}

/* The buttons stay where they are while what they turn over is loaded anew. */
function toolbar(root, shown, draw) {
  const buttons = [
    ["day", t("Day"), () => ({ days: 1, offset: 0 })],
    ["week", t("Week"), () => ({ days: 7, offset: 0 })],
    ["back", t("Earlier"), () => ({ offset: shown.offset - 1 })],
    ["today", t("Today"), () => ({ offset: 0 })],
    ["next", t("Later"), () => ({ offset: shown.offset + 1 })],
  ];
  const tools = root.querySelector(".calendar-tools");
  for (const [name, text, change] of buttons) {
    const node = element("button", { type: "button", "data-view": name }, text);
    node.addEventListener("click", () => {
      Object.assign(shown, change());
      draw();
    });
    tools.append(node);
  }
  tools.append(element("span", { class: "range", role: "status" }));
  return tools;
}

function show(tools, shown, first, last) {
  for (const [name, days] of [["day", 1], ["week", 7]]) {
    tools.querySelector(`[data-view=${name}]`).setAttribute("aria-pressed", String(shown.days === days));
  }
  const range = `${moment(first)} – ${moment(last)}`;
  const node = tools.querySelector(".range");
  if (node.textContent !== range) node.textContent = range;
}

/* Draws into `.lanes` below root, anew after each load; the buttons go into `.calendar-tools`. */
export function calendar(root) {
  const shown = { days: 7, offset: 0 };
  function draw() {
    const box = root.querySelector(".lanes");
    tools.hidden = box === null;
    if (box === null) return;
    const now = live.nowUnix_s ?? Number(box.dataset.now);
    const first = midnight(now, shown.offset * shown.days);
    const last = midnight(first, shown.days);
    const slots = readSlots(root);
    const lanes = element("div", { class: "lanes-drawn", "aria-hidden": "true" }, scale(shown.days, first, last));
    for (const [name, own] of lanesOf(slots)) lanes.append(lane(name, own, { first, last, now }));
    if (!slots.some((slot) => slot.end >= first && slot.start < last)) lanes.append(element("p", { class: "faint" }, t("Nothing is expected in this time.")));
    box.replaceChildren(element("div", { class: "lanes-scroll" }, lanes), legend());
    show(tools, shown, first, last);
  }
  const tools = toolbar(root, shown, draw);
  root.addEventListener("htmx:load", draw);
  draw();
}
