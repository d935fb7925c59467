/* Impedance: Nyquist and Bode, by label and temperature; points are asked for once. */
import { api } from "../api.js";
import { number } from "../format.js";
import { t } from "../words.js";
import { chooser, COLOURS, xyPlot } from "./xy_plot.js";

const SHOWN_FIRST = 8;
const LISTED_MAX = 200;
const known = new Map();

export async function show(run, node, drawing) {
  const list = (await api("GET", `${run.api}/spectra?limit=${LISTED_MAX}`)).items;
  const items = list.map((one, row) => ({
    key: String(one.spectrum),
    name: nameOf(one),
    colour: COLOURS[row % COLOURS.length],
    shown: row < SHOWN_FIRST,
  }));
  const redraw = () => draw(run, items, list, chosen(), drawing);
  const chosen = chooser(node.querySelector(".choice"), items, redraw);
  await redraw();
}

function nameOf(one) {
  const parts = [`${one.spectrum}`, one.label];
  if (one.temperature_degC !== null) parts.push(`${number(one.temperature_degC, 1)} °C`);
  parts.push(`${number(one.voltage_V, 3)} V`);
  return parts.filter(Boolean).join(", ");
}

async function draw(run, items, list, chosen, drawing) {
  const wanted = items.filter((item) => chosen.has(item.key));
  const points = await Promise.all(wanted.map((item) => pointsOf(run, list.find((one) => String(one.spectrum) === item.key))));
  const curves = (x, y) => wanted.map((item, row) => ({ name: item.name, colour: item.colour, dots: true, x: x(points[row]), y: y(points[row]) }));
  const real = (one) => one.z_real_Ohm;
  const frequency = (one) => one.frequency_Hz;
  const modulus = (one) => one.z_real_Ohm.map((value, row) => Math.hypot(value, one.z_imag_Ohm[row]));
  const phase = (one) => one.z_real_Ohm.map((value, row) => (-Math.atan2(one.z_imag_Ohm[row], value) * 180) / Math.PI);
  drawing.replaceChildren(
    xyPlot({ title: t("Nyquist plot"), xLabel: "Re Z / Ω", yLabel: "−Im Z / Ω", same: true, curves: curves(real, (one) => one.z_imag_Ohm.map((value) => -value)) }),
    xyPlot({ title: t("Bode plot: modulus"), xLabel: "f / Hz", yLabel: "|Z| / Ω", logX: true, logY: true, curves: curves(frequency, modulus) }),
    xyPlot({ title: t("Bode plot: phase"), xLabel: "f / Hz", yLabel: "−φ / °", logX: true, curves: curves(frequency, phase) }),
  );
}

async function pointsOf(run, one) {
  const key = `${one.spectrum}:${one.points}`;
  if (!known.has(key)) known.set(key, (await api("GET", `${run.api}/spectra/${one.spectrum}`)).columns);
  return known.get(key);
}
