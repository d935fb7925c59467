/* Curves over a quantity that need not rise: an SVG with axes, also on paper. */
const NS = "http://www.w3.org/2000/svg";
const BOX = { width: 480, height: 350, left: 70, right: 16, top: 12, bottom: 50 };
export const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a07800", "#3a9bd0", "#7a5bb8", "#8a5a3c"];

function node(name, attributes, text = "") {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/* curves: [{name, x, y, colour, dots}]; same: one scale for both axes; logX: decades */
export function xyPlot({ title, xLabel, yLabel, curves, same = false, logX = false, logY = false }) {
  const inner = { width: BOX.width - BOX.left - BOX.right, height: BOX.height - BOX.top - BOX.bottom };
  const xs = curves.flatMap((curve) => curve.x.map((x) => (logX ? Math.log10(x) : x))).filter(Number.isFinite);
  const ys = curves.flatMap((curve) => curve.y.map((y) => (logY ? Math.log10(y) : y))).filter(Number.isFinite);
  const xSpan = spanOf(xs);
  const ySpan = spanOf(ys);
  if (same) equal(xSpan, ySpan, inner);
  const toX = (x) => BOX.left + (((logX ? Math.log10(x) : x) - xSpan[0]) / (xSpan[1] - xSpan[0])) * inner.width;
  const toY = (y) => BOX.top + inner.height - (((logY ? Math.log10(y) : y) - ySpan[0]) / (ySpan[1] - ySpan[0])) * inner.height;
  const svg = node("svg", { class: "xy", viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": title });
  svg.append(node("title", {}, title));
  axis(svg, ticksOf(xSpan, logX), logX, (at) => toX(at), "x", inner);
  axis(svg, ticksOf(ySpan, logY), logY, (at) => toY(at), "y", inner);
  svg.append(node("rect", { class: "frame", x: BOX.left, y: BOX.top, width: inner.width, height: inner.height }));
  svg.append(node("text", { x: BOX.left + inner.width / 2, y: BOX.height - 9, "text-anchor": "middle" }, xLabel));
  const middle = BOX.top + inner.height / 2;
  svg.append(node("text", { x: 14, y: middle, "text-anchor": "middle", transform: `rotate(-90 14 ${middle})` }, yLabel));
  for (const curve of curves) draw(svg, curve, toX, toY);
  return svg;
}

function draw(svg, curve, toX, toY) {
  const points = curve.x.map((x, row) => [toX(x), toY(curve.y[row])]).filter((point) => point.every(Number.isFinite));
  const path = node("polyline", { class: "curve", stroke: curve.colour, points: points.map((point) => point.map((at) => at.toFixed(1)).join(",")).join(" ") });
  path.append(node("title", {}, curve.name));
  svg.append(path);
  if (!curve.dots) return;
  for (const [x, y] of points) svg.append(node("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 2.4, fill: curve.colour }));
}

function spanOf(values) {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  if (!Number.isFinite(low)) return [0, 1];
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - pad, high + pad];
}

function equal(x, y, inner) {
  const perPixel = Math.max((x[1] - x[0]) / inner.width, (y[1] - y[0]) / inner.height);
  for (const [span, pixels] of [[x, inner.width], [y, inner.height]]) {
    const more = perPixel * pixels - (span[1] - span[0]);
    span[0] -= more / 2;
    span[1] += more / 2;
  }
}

function ticksOf([low, high], logarithmic) {
  if (logarithmic) {
    const every = Math.max(1, Math.ceil((high - low) / 9));
    const parts = high - low > 2 ? [1] : [1, 2, 5];
    const ticks = [];
    for (let power = Math.floor(low); power <= high; power += every) ticks.push(...parts.map((part) => part * 10 ** power));
    return ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
  }
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((one) => one >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, row) => (first + row) * step);
}

function axis(svg, ticks, logarithmic, place, which, inner) {
  const texts = logarithmic ? ticks.map((tick) => tickText(tick, 1e4)) : alike(ticks.map((tick) => tickText(tick, 1e5)));
  for (const [row, tick] of ticks.entries()) {
    const at = place(tick).toFixed(1);
    const text = texts[row];
    if (which === "x") {
      svg.append(node("line", { class: "grid", x1: at, x2: at, y1: BOX.top, y2: BOX.top + inner.height }));
      svg.append(node("text", { x: at, y: BOX.top + inner.height + 18, "text-anchor": "middle" }, text));
    } else {
      svg.append(node("line", { class: "grid", y1: at, y2: at, x1: BOX.left, x2: BOX.left + inner.width }));
      svg.append(node("text", { x: BOX.left - 5, y: Number(at) + 5, "text-anchor": "end" }, text));
    }
  }
}

/* As many decimals at each tick of an axis: 1.0, 1.1 */
function alike(texts) {
  const decimals = texts.map((text) => (text.split(".")[1] ?? "").length);
  const most = Math.max(0, ...decimals);
  if (!most || texts.some((text) => /[⁰¹²³⁴⁵⁶⁷⁸⁹]/.test(text))) return texts;
  return texts.map((text, row) => (decimals[row] === most ? text : `${text}${decimals[row] ? "" : "."}${"0".repeat(most - decimals[row])}`));
}

/* 20, −0.5, 10⁵: a power of ten from the limit on */
function tickText(tick, limit) {
  if (tick === 0 || (Math.abs(tick) < limit && Math.abs(tick) >= 1e-3)) return String(Number(tick.toPrecision(6))).replace("-", "−");
  const [figure, power] = tick.toExponential(0).split("e");
  const raised = String(Number(power)).replace(/./g, (one) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[one] ?? "⁻");
  return `${figure === "1" ? "" : `${figure}·`.replace("-", "−")}10${raised}`;
}

/* Check boxes, each with the colour of its curve; changed() when one is. */
export function chooser(choice, items, changed) {
  const before = new Map([...choice.querySelectorAll("input")].map((box) => [box.value, box.checked]));
  choice.replaceChildren(
    ...items.map(({ key, name, colour, shown }) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.value = key;
      box.checked = before.get(key) ?? shown;
      box.addEventListener("change", changed);
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = colour;
      label.append(box, " ", swatch, ` ${name}`);
      return label;
    }),
  );
  return () => new Set([...choice.querySelectorAll("input:checked")].map((box) => box.value));
}
