/* Current over voltage, by scan rate. */
import { api } from "../api.js";
import { t } from "../words.js";
import { chooser, COLOURS, xyPlot } from "./xy_plot.js";

export async function show(run, node, drawing) {
  const read = await api("GET", `${run.api}/voltammograms`);
  const rates = [...new Set(read.map(rateOf))];
  const items = rates.map((rate, row) => ({ key: rate, name: rate, colour: COLOURS[row % COLOURS.length], shown: true }));
  const redraw = () => draw(read, items, chosen(), drawing);
  const chosen = chooser(node.querySelector(".choice"), items, redraw);
  redraw();
}

/* Two digits: what is measured of one rate differs in the third. */
function rateOf(one) {
  return `${Number((one.scan_rate_V_per_s * 1e3).toPrecision(2))} mV/s`;
}

function draw(read, items, chosen, drawing) {
  const colours = new Map(items.map((item) => [item.key, item.colour]));
  const curves = read
    .filter((one) => chosen.has(rateOf(one)))
    .map((one) => ({ name: `${rateOf(one)}, ${t("cycle {cycle}", { cycle: one.cycle })}`, colour: colours.get(rateOf(one)), x: one.voltage_V, y: one.current_A.map((value) => value * 1e3) }));
  if (curves.length) drawing.replaceChildren(xyPlot({ title: t("Cyclic voltammograms"), xLabel: "V", yLabel: "mA", curves }));
  else drawing.textContent = t("No sweep yet.");
}
