/* Capacity and coulombic efficiency over the cycle, from the instrument's own counters. */
import { api } from "../api.js";
import { t } from "../words.js";
import { colour } from "./chart.js";
import { onPaper, paperWidth } from "./paper.js";

const EFFICIENCY_MAX = 150;
let chart = null;
let read = null;

export async function show(run, node, drawing) {
  read = await api("GET", `${run.api}/cycles`);
  const unit = node.querySelector("#capacity-unit");
  if (!unit.dataset.bound) {
    unit.dataset.bound = "yes";
    const redraw = () => draw(run, unit.value, drawing);
    unit.addEventListener("change", redraw);
    onPaper(redraw);
  }
  draw(run, unit.value, drawing);
}

function draw(run, unit, drawing) {
  const factor = unit === "mAh/g" && run.mass_g ? 1e3 / run.mass_g : 1e3;
  if (chart) chart.destroy();
  chart = null;
  drawing.replaceChildren();
  const whole = (row) => row.complete && !row.gap;
  if (!read.some(whole)) {
    drawing.textContent = t("No complete cycle yet.");
    return;
  }
  const data = [
    read.map((row) => row.cycle),
    read.map((row) => (whole(row) ? row.charge_capacity_Ah * factor : null)),
    read.map((row) => (whole(row) ? row.discharge_capacity_Ah * factor : null)),
    read.map((row) => (whole(row) && row.discharge_capacity_Ah > 0 && row.charge_capacity_Ah > 0 ? (100 * row.charge_capacity_Ah) / row.discharge_capacity_Ah : null)),
  ];
  const figure = (digits) => (_, value) => (value === null || value === undefined ? "–" : value.toFixed(digits));
  const grid = { stroke: colour("--line"), width: 1 };
  const ink = colour("--faint");
  const line = (label, paint, scale, digits, dash) => ({
    label, scale, dash, stroke: colour(paint), width: 1.4, value: figure(digits), points: { show: read.length < 400, size: 5 },
  });
  chart = new window.uPlot(
    {
      width: paperWidth ?? Math.max(drawing.clientWidth - 20, 280),
      height: 280,
      scales: { x: { time: false }, efficiency: { range: (_, low, high) => efficiencyRange(low, high, data[3]) } },
      series: [
        { label: t("cycle") },
        line(t("charge, {unit}", { unit }), "--bad", "y", 4),
        line(t("discharge, {unit}", { unit }), "--accent", "y", 4),
        line(t("charge / discharge, %"), "--good", "efficiency", 2, [5, 3]),
      ],
      axes: [
        { stroke: ink, grid, label: t("cycle"), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], values: (_, splits) => splits },
        { stroke: ink, grid, label: unit, size: 66 },
        { scale: "efficiency", side: 1, stroke: ink, grid: { show: false }, label: "%", size: 60 },
      ],
    },
    data,
    drawing,
  );
  const left = document.createElement("p");
  left.className = "faint";
  const missing = read.filter((row) => !whole(row)).length;
  left.textContent = missing ? t("Cycles left out: {count}. They are not complete, or records of them are known to be missing.", { count: missing }) : "";
  drawing.append(left);
}

/* A first cycle that began half way may have a hundred times too much: it leaves the plot, and the others are seen. */
function efficiencyRange(low, high, values) {
  if (low === null) return [0, 100];
  const usual = values.filter((value) => value !== null && value <= EFFICIENCY_MAX);
  if (high <= EFFICIENCY_MAX || usual.length < values.length / 2) return [Math.floor(low - 1), Math.ceil(high + 1)];
  return [Math.floor(Math.min(...usual) - 1), Math.ceil(Math.max(...usual) + 1)];
}
