/* One channel's card: makes it where it is new, and touches only the lines that have become different. */
import { element } from "../dialog.js";
import { moment } from "../format.js";
import { t } from "../words.js";

const WORDS = { attention: "need attention" };

export function word(group) {
  return t(WORDS[group] || group);
}

export function pathOf(row) {
  return row.run_id !== null && row.group !== "free" ? `/runs/${row.run_id}` : `/start?bench=${encodeURIComponent(row.name)}`;
}

function skeleton(key) {
  return element(
    "li",
    { "data-key": key },
    element("div", { class: "channel-head" }, element("a", { class: "channel-name", tabindex: "-1" }), element("span", {})),
    element("div", { class: "channel-where" }, element("span"), element("span", { class: "age live-value" })),
    element("div", { class: "channel-what" }),
    element("div", { class: "channel-step live-value" }),
    element("div", { class: "channel-values live-value" }, element("b"), element("b"), element("span")),
    element(
      "div",
      { class: "channel-progress live-value" },
      element("progress", { max: "1", "aria-label": t("Progress") }),
      element("span"),
    ),
    element("div", { class: "channel-note" }),
  );
}

/* lines: by name, what it is made of and how; a line whose parts are as before is left alone. */
const LINES = {
  head: {
    of: (row) => [row.name, row.state, row.run_id, row.group, row.attention],
    show(card, row) {
      const [name, badge] = card.querySelector(".channel-head").children;
      card.classList.value = `channel ${row.group}${row.attention ? " attention" : ""}`;
      name.textContent = row.name;
      name.href = pathOf(row);
      card.dataset.state = row.state;
      badge.className = `badge ${row.state} live-value channel-state`;
      badge.textContent = t(row.state);
    },
  },
  where: {
    of: (row) => [row.name, row.chamber, row.observed_unix_s],
    show(card, row) {
      const [where, age] = card.querySelector(".channel-where").children;
      const key = `${row.instrument}/${row.channel}`;
      where.textContent = (row.name === key ? "" : key) + (row.chamber ? ` · ${row.chamber}` : "");
      if (row.observed_unix_s === null) delete age.dataset.seen;
      else age.dataset.seen = row.observed_unix_s;
    },
  },
  what: {
    of: (row) => [row.cell, row.protocol, row.group === "free", row.queued],
    show(card, row) {
      const line = card.querySelector(".channel-what");
      if (row.group === "free") return line.replaceChildren(element("span", { class: "faint" }, t("start a test here")));
      if (!row.cell) return line.replaceChildren();
      const link = element("a", { href: `/cells/${encodeURIComponent(row.cell)}`, tabindex: card.firstElementChild.firstElementChild.tabIndex === 0 ? "0" : "-1" }, row.cell);
      const behind = row.queued ? [" ", element("span", { class: "faint" }, t("{n} queued behind", { n: row.queued }))] : [];
      return line.replaceChildren(link, " ", element("span", {}, row.protocol), ...behind);
    },
  },
  step: {
    of: (row) => [row.cycle, row.cycles_total, row.cycles_about, row.label, row.step, row.run_id, row.group === "free"],
    show(card, row) {
      const parts = [];
      if (row.group !== "free" && row.run_id !== null) {
        const values = { cycle: row.cycle ?? "–", total: row.cycles_total };
        const text = row.cycles_about ? t("cycle {cycle} of about {total}", values) : t("cycle {cycle} of {total}", values);
        if (row.cycles_total) parts.push(element("span", {}, text));
        if (row.label) parts.push(" ", element("b", {}, row.label));
        if (row.step) parts.push(" ", element("span", {}, t(row.step)));
      }
      card.querySelector(".channel-step").replaceChildren(...parts);
    },
  },
  values: {
    of: (row) => [row.voltage, row.current, row.temperature],
    show(card, row) {
      const parts = card.querySelector(".channel-values").children;
      [row.voltage, row.current, row.temperature].forEach((text, index) => {
        if (parts[index].textContent !== text) parts[index].textContent = text;
      });
    },
  },
  progress: {
    of: (row) => [row.fraction, row.finish_unix_s],
    show(card, row) {
      const line = card.querySelector(".channel-progress");
      line.hidden = row.fraction === null;
      line.firstElementChild.value = row.fraction || 0;
      line.lastElementChild.textContent = row.finish_unix_s === null ? "" : t("ends {moment}", { moment: moment(row.finish_unix_s) });
    },
  },
  note: {
    of: (row) => [row.note, row.detail],
    show(card, row) {
      const sentence = row.note ? [element("span", {}, t(row.note) + (row.detail ? ": " : ""))] : [];
      card.querySelector(".channel-note").replaceChildren(...sentence, row.detail);
    },
  },
};

const shown = new WeakMap();

export function makeCard(key) {
  return skeleton(key);
}

export function showCard(card, row) {
  const before = shown.get(card) || {};
  const after = {};
  for (const [name, line] of Object.entries(LINES)) {
    after[name] = JSON.stringify(line.of(row));
    if (before[name] !== after[name]) line.show(card, row);
  }
  shown.set(card, after);
}

/* While nobody says that it still holds, no card says "running": what it was is told beside "unknown". */
export function showDoubt(card, doubt) {
  const badge = card.querySelector(".channel-state");
  const state = card.dataset.state;
  badge.textContent = doubt && state !== "unknown" ? t("unknown (was {state})", { state: t(state) }) : t(state);
  badge.className = `badge ${doubt ? "unknown" : state} live-value channel-state`;
}
