/* Voltage and current over time as the virtual cell has them; in the colours of the page, as wide as its box. */
import { duration } from "./format.js";
import { t } from "./words.js";

const HEIGHT = 280;

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

function options(width, xLabel, unit) {
  const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const shown = (digits, suffix) => (plot, value) => (value === null ? "–" : `${value.toFixed(digits).replace("-", "−")} ${suffix}`);
  return {
    width,
    height: HEIGHT,
    scales: { x: { time: false } },
    series: [
      { label: xLabel, value: (plot, value) => (value === null ? "–" : value.toPrecision(4)) },
      // pulses lie close together: what is drawn later stays on top
      { label: t("current"), scale: unit, stroke: colour("--wait"), width: 1, value: shown(3, unit) },
      { label: t("voltage"), scale: "V", stroke: colour("--accent"), width: 1.5, value: shown(3, "V") },
    ],
    axes: [
      { ...axis, label: xLabel },
      { ...axis, scale: "V", label: t("voltage / V") },
      { ...axis, scale: unit, side: 1, label: t("current / {unit}", { unit }), grid: { show: false } },
    ],
  };
}

export class PreviewPlot {
  constructor(box) {
    this.box = box;
    this.plot = null;
    this.drawn = null; // the answer that is shown
    window.addEventListener("theme", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.plot?.setSize({ width: this.width, height: HEIGHT })).observe(box);
  }

  get width() {
    return Math.max(this.box.clientWidth, 200);
  }

  /* An answer of POST /api/v1/protocols/preview; null: nothing to show. */
  show(answer) {
    this.drawn = answer?.time_s.length ? answer : null;
    this.draw();
  }

  draw() {
    this.plot?.destroy();
    this.plot = null;
    if (this.drawn === null) return;
    const { shown_until_s, time_s, voltage_V, current_A } = this.drawn;
    const [seconds, label] = unitOf(shown_until_s);
    const [factor, unit] = amperes(current_A);
    const data = [time_s.map((one) => one / seconds), current_A.map((one) => one * factor), voltage_V];
    this.plot = new uPlot(options(this.width, label, unit), data, this.box);
  }
}

/* What the curves are of, in one line. */
export function toldOf(answer) {
  const part = answer.shown_until_s < answer.duration_s ? t("; shown are the first cycles") : "";
  return t("{cell}: {duration}, {cycles} cycles", { cell: answer.cell, duration: duration(answer.duration_s), cycles: answer.cycles }) + part;
}
