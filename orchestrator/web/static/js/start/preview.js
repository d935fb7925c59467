/* Voltage and current over time as the virtual cell has them. */
import { api } from "../api.js";
import { duration } from "../format.js";
import { t } from "../words.js";
import { planRequest } from "./plans.js";
import { save, state } from "./state.js";

const HEIGHT = 280;
const box = document.getElementById("preview-plot");
const told = document.getElementById("preview-state");
const problem = document.getElementById("preview-problem");
const remarks = document.getElementById("preview-remarks");
const formed = document.getElementById("formed");
let plot = null;
let drawn = null; // the answer that is shown
let key = "";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function unitOf(seconds) {
  if (seconds > 10 * 86400) return [86400, t("time / d")];
  return seconds > 2 * 3600 ? [3600, t("time / h")] : [60, t("time / min")];
}

function amperes(values) {
  const most = values.reduce((size, one) => Math.max(size, Math.abs(one)), 0);
  return most >= 0.5 ? [1, "A"] : most >= 0.5e-3 ? [1e3, "mA"] : [1e6, "µA"];
}

function options(xLabel, unit) {
  const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const shown = (digits, suffix) => (plot, value) => (value === null ? "–" : `${value.toFixed(digits).replace("-", "−")} ${suffix}`);
  return {
    width: Math.max(box.clientWidth, 200),
    height: HEIGHT,
    scales: { x: { time: false } },
    series: [
      { label: xLabel, value: (plot, value) => (value === null ? "–" : value.toPrecision(4)) },
      { label: t("voltage"), scale: "V", stroke: colour("--accent"), width: 1.5, value: shown(3, "V") },
      { label: t("current"), scale: unit, stroke: colour("--wait"), width: 1.5, value: shown(3, unit) },
    ],
    axes: [
      { ...axis, label: xLabel },
      { ...axis, scale: "V", label: t("voltage / V") },
      { ...axis, scale: unit, side: 1, label: t("current / {unit}", { unit }), grid: { show: false } },
    ],
  };
}

function draw() {
  plot?.destroy();
  plot = null;
  if (drawn === null) return;
  const [seconds, label] = unitOf(drawn.shown_until_s);
  const [factor, unit] = amperes(drawn.current_A);
  const data = [drawn.time_s.map((one) => one / seconds), drawn.voltage_V, drawn.current_A.map((one) => one * factor)];
  plot = new uPlot(options(label, unit), data, box);
}

function show(answer) {
  drawn = answer.time_s.length ? answer : null;
  const part = answer.shown_until_s < answer.duration_s ? t("; shown are the first cycles") : "";
  told.textContent = t("{cell}: {duration}, {cycles} cycles", { cell: answer.cell, duration: duration(answer.duration_s), cycles: answer.cycles }) + part;
  remarks.replaceChildren(...answer.remarks.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  draw();
}

function clear(text) {
  drawn = null;
  told.textContent = "";
  problem.textContent = text;
  remarks.replaceChildren();
  draw();
}

/* The preview of this pair; null: nothing to show. */
export async function showPreview(placement) {
  if (!placement) {
    key = "";
    clear("");
    return;
  }
  const { bench, ...request } = { ...planRequest(placement), formed: state.formed };
  const asked = JSON.stringify(request);
  if (asked === key) return;
  key = asked;
  told.textContent = t("computing …");
  try {
    const answer = await api("POST", "/api/v1/protocols/preview", request);
    if (key !== asked) return;
    problem.textContent = "";
    show(answer);
  } catch (error) {
    if (key !== asked) return;
    if (!error.status) key = "";
    clear(error.message);
  }
}

export function watchPreview(again) {
  formed.checked = state.formed;
  formed.addEventListener("change", () => {
    state.formed = formed.checked;
    save();
    again();
  });
  window.addEventListener("theme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => plot?.setSize({ width: Math.max(box.clientWidth, 200), height: HEIGHT })).observe(box);
}
