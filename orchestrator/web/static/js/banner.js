/* Alarms that nobody has acknowledged, on every page: what they are, how many, and who deals with them. */
import { api } from "./api.js";
import { ask, element } from "./dialog.js";
import { moment } from "./format.js";
import { follow } from "./live.js";
import { onSound, play, sound, switchSound } from "./sound.js";
import { t } from "./words.js";

const banner = document.getElementById("banner");
const news = document.getElementById("alarm-news");
const count = document.getElementById("alarm-count");
const soundButton = document.getElementById("sound");
const mayAcknowledge = document.documentElement.dataset.role !== "viewer";
const title = document.title;
const HEARD = "alarms heard";
const told = new Map();
let open = false;
let alarms = [];
let shown = "";

function before(a, b) {
  const rank = (one) => (one.severity === "critical" ? 0 : 2) + (one.cleared_unix_s === null ? 0 : 1);
  return rank(a) - rank(b) || b.id - a.id;
}

function acknowledge(alarm) {
  const lines = [`${alarm.about}: ${alarm.message}`];
  if (alarm.source.startsWith("trip ")) {
    lines.push(t("This silences the alarm. What the trip holds back stays held back: acknowledge the trip itself on the page of alarms."));
  }
  return ask({
    title: t("Acknowledge the alarm?"),
    lines,
    verb: t("Acknowledge"),
    reason: "required",
    act: ({ actor, reason }) => api("POST", `/api/v1/alarms/${alarm.id}/acknowledge`, { actor, reason }),
  });
}

function line(alarm) {
  const made = element(
    "li",
    { class: "alarm-line", "data-alarm": alarm.id },
    element("span", { class: `badge ${alarm.severity}` }, t(alarm.severity)),
    element("span", { class: "faint" }, moment(alarm.raised_unix_s)),
    element("a", { href: alarm.path }, alarm.about),
    element("span", { class: "alarm-text" }, alarm.message),
  );
  if (alarm.cleared_unix_s !== null) made.append(element("span", { class: "badge" }, t("over")));
  if (mayAcknowledge) {
    const button = element("button", { type: "button", "aria-label": t("Acknowledge {source}", { source: alarm.about }) }, t("Acknowledge"));
    button.addEventListener("click", () => acknowledge(alarm));
    made.append(button);
  }
  return made;
}

function moreButton(total) {
  const text = open ? t("Show only the first") : t("Show all {n}", { n: total });
  const more = element("button", { type: "button", class: "more", "aria-expanded": String(open) }, text);
  more.addEventListener("click", () => {
    open = !open;
    draw(total);
    banner.querySelector(".more").focus();
  });
  return more;
}

function draw(total) {
  const state = JSON.stringify([alarms, total, open, sound.blocked]);
  if (state === shown) return;
  shown = state;
  const focused = banner.contains(document.activeElement) ? document.activeElement.closest("[data-alarm]")?.dataset.alarm : null;
  const list = element("ul", { class: open ? "alarm-lines open" : "alarm-lines" });
  list.append(...(open ? alarms : alarms.slice(0, 1)).map(line));
  const head = element("p", { class: "alarm-head" }, element("strong", {}, total === 1 ? t("1 alarm that nobody has acknowledged") : t("{n} alarms that nobody has acknowledged", { n: total })));
  if (total > 1) head.append(" ", moreButton(total));
  if (total > alarms.length && open) head.append(" ", element("a", { href: "/alarms" }, t("the rest")));
  if (sound.blocked) head.append(" ", element("span", {}, t("The browser blocks the sound until you click on the page.")));
  banner.replaceChildren(head, list);
  banner.hidden = total === 0;
  if (focused) banner.querySelector(`[data-alarm="${focused}"] button`)?.focus();
}

/* Critical ones that no page of this browser has sounded for; of ten tabs one sounds. */
function unheard(critical) {
  let heard = [];
  try {
    heard = JSON.parse(localStorage.getItem(HEARD) || "[]");
    localStorage.setItem(HEARD, JSON.stringify(critical));
  } catch {
    heard = [...told.keys()];
  }
  return critical.filter((id) => !heard.includes(id) && told.get(id) !== "critical");
}

function tellNew() {
  const critical = alarms.filter((one) => one.severity === "critical").map((one) => one.id);
  if (unheard(critical).length > 0) play();
  const fresh = alarms.filter((one) => told.get(one.id) !== one.severity);
  told.clear();
  for (const one of alarms) told.set(one.id, one.severity);
  if (fresh.length > 0) news.textContent = fresh.slice(0, 3).map((one) => `${t(one.severity)}: ${one.about}: ${one.message}`).join(". ");
}

follow("service", (rows) => {
  alarms = [...rows].filter(([key]) => key.startsWith("alarm/")).map(([, row]) => row).sort(before);
  const total = rows.get("alarms")?.count ?? alarms.length;
  count.textContent = String(total);
  count.hidden = total === 0;
  document.title = total === 0 ? title : `(${total}) ${title}`;
  draw(total);
  tellNew();
});

function drawSound() {
  soundButton.setAttribute("aria-pressed", String(sound.on));
  soundButton.title = sound.blocked ? t("The browser blocks the sound until you click on the page.") : sound.on ? t("Sound of new critical alarms: on") : t("Sound of new critical alarms: off");
  soundButton.classList.toggle("blocked", sound.blocked);
  draw(Number(count.textContent) || 0);
}

soundButton.addEventListener("click", switchSound);
onSound(drawSound);
drawSound();
