/* Events, alarms and gaps: lines with a number and a few words on the plot, all of it in the list below. */
import { api } from "../api.js";
import { moment } from "../format.js";
import { t } from "../words.js";
import { colour, timeText } from "./chart.js";

const WORDS_MAX = 26;
const QUIET = new Set(["transition", "state"]); /* what the engine notes by itself: a thin line */

export class Marks {
  constructor(run) {
    this.run = run;
    this.list = [];
    this.gaps = [];
    this.onLoad = () => {};
    this.onJump = () => {};
    this.body = document.getElementById("marks");
  }

  async load() {
    try {
      const answer = await api("GET", `${this.run.api}/marks`);
      this.list = answer.marks;
      this.gaps = answer.gaps;
    } catch (error) {
      this.body.replaceChildren(row(["–", "–", "–", "", "", error.message]));
      return;
    }
    this.show();
    this.onLoad();
  }

  show() {
    const rows = this.list.map((mark, place) => {
      const what = mark.source === "alarm" ? t("alarm: {message}", { message: mark.message }) : mark.message;
      const jump = this.button(place + 1, mark.test_time_s);
      const kind = badge(mark);
      return row([jump, timeText(mark.test_time_s, 1), whole(moment(mark.unix_time_s)), kind, mark.actor || "–", what]);
    });
    const gaps = this.gaps.map((gap) => {
      const jump = this.button("✂", gap.start_test_time_s);
      const count = gap.records === null ? t("records are known to be missing in cycle {cycle}", { cycle: gap.cycle }) : t("{count} records of cycle {cycle} are missing", { count: gap.records, cycle: gap.cycle });
      return row([jump, timeText(gap.start_test_time_s, 1), "–", t("gap"), "–", count]);
    });
    this.body.replaceChildren(...rows.reverse(), ...gaps);
  }

  button(text, time_s) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", t("Show mark {mark} on the plot", { mark: text }));
    made.addEventListener("click", () => this.onJump(time_s));
    return made;
  }

  /* Called while a panel draws itself; only the first one has the words. */
  paint(chart, withWords) {
    const { ctx, bbox } = chart;
    const { min, max } = chart.scales.x;
    const colours = Object.fromEntries(["bad", "accent", "faint", "card", "ink"].map((name) => [name, colour(`--${name}`)]));
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const gap of this.gaps) paintGap(chart, gap, bbox);
    const seen = this.list
      .map((mark, place) => ({ mark, number: place + 1, alarm: mark.source === "alarm" }))
      .filter(({ mark }) => mark.test_time_s >= min && mark.test_time_s <= max)
      .map((one) => ({ ...one, x: chart.valToPos(one.mark.test_time_s, "x", true) }));
    for (const one of seen) paintLine(ctx, bbox, one, colours);
    if (withWords) paintWords(ctx, bbox, seen, colours);
    ctx.restore();
  }
}

function paintLine(ctx, bbox, { mark, alarm, x }, colours) {
  const ratio = window.devicePixelRatio || 1;
  ctx.strokeStyle = alarm ? colours.bad : mark.kind === "note" ? colours.accent : colours.faint;
  ctx.globalAlpha = alarm || !QUIET.has(mark.kind) ? 0.9 : 0.45;
  ctx.lineWidth = (alarm ? 2 : 1) * ratio;
  ctx.setLineDash(alarm ? [] : [4 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}

/* Number and words, or the number, where there is room: alarms first, then what people did. */
function paintWords(ctx, bbox, seen, colours) {
  const ratio = window.devicePixelRatio || 1;
  const taken = [];
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  for (const { mark, number, alarm, x } of [...seen].sort((one, other) => rank(one) - rank(other))) {
    for (const text of [`${number} ${short(mark.message)}`, `${number}`]) {
      const width = ctx.measureText(text).width;
      const left = Math.min(x + 3 * ratio, bbox.left + bbox.width - width - 2 * ratio);
      if (taken.some(([from, to]) => left < to && left + width > from)) continue;
      taken.push([left - 6 * ratio, left + width + 6 * ratio]);
      ctx.globalAlpha = 0.85;
      ctx.fillStyle = colours.card;
      ctx.fillRect(left - ratio, bbox.top + ratio, width + 2 * ratio, 14 * ratio);
      ctx.globalAlpha = 1;
      ctx.fillStyle = alarm ? colours.bad : colours.ink;
      ctx.fillText(text, left, bbox.top + 12 * ratio);
      break;
    }
  }
}

function rank({ mark, alarm }) {
  return alarm ? 0 : QUIET.has(mark.kind) ? 2 : 1;
}

function paintGap(chart, gap, bbox) {
  const { ctx } = chart;
  const from = chart.valToPos(gap.start_test_time_s, "x", true);
  const to = chart.valToPos(gap.end_test_time_s, "x", true);
  ctx.fillStyle = colour("--bad-paper");
  ctx.fillRect(from, bbox.top, Math.max(to - from, 2), bbox.height);
}

function short(text) {
  return text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX - 1)}…` : text;
}

function badge(mark) {
  const made = document.createElement("span");
  made.className = mark.source === "alarm" ? `badge ${mark.kind}` : "";
  made.textContent = t(mark.kind);
  return made;
}

/* On one line, however narrow the table is. */
function whole(text) {
  const made = document.createElement("span");
  made.className = "nowrap";
  made.textContent = text;
  return made;
}

function row(cells) {
  const made = document.createElement("tr");
  for (const content of cells) {
    const cell = document.createElement("td");
    cell.append(content);
    made.append(cell);
  }
  return made;
}
