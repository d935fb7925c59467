/* One uPlot panel: a curve over test time, as thick as from minimum to maximum, with the looks of the page. */
const AXIS_WIDTH = 66;
const HOUR = 3600;
const STEPS_s = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 96 * HOUR, 240 * HOUR, 480 * HOUR, 960 * HOUR];

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/* 26 h, 1:30, 0:00:05: hours, as fine as the ticks are apart */
export function timeText(time_s, step_s) {
  if (step_s >= HOUR) return `${Math.round(time_s / HOUR)} h`;
  const sign = time_s < 0 ? "−" : "";
  const whole = Math.abs(time_s);
  const [h, m] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / 60)];
  const text = `${sign}${h}:${String(m).padStart(2, "0")}`;
  if (step_s >= 60) return text;
  const s = whole % 60;
  return `${text}:${step_s >= 1 ? String(Math.round(s)).padStart(2, "0") : s.toFixed(1).padStart(4, "0")}`;
}

function figure(value) {
  return value === null || value === undefined ? "–" : String(Number(value.toPrecision(5))).replace("-", "−");
}

/* As many decimals as tell two ticks apart. */
function tick(value, step) {
  let digits = 0;
  while (digits < 8 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits += 1;
  return value.toFixed(digits).replace("-", "−");
}

export function makeChart(node, { label, paint, height, last, draw, select, back, key }) {
  const ink = colour("--faint");
  const grid = { stroke: colour("--line"), width: 1 };
  const stroke = colour(paint);
  const value = (_, number) => figure(number);
  const options = {
    width: node.clientWidth || 600,
    height,
    scales: { x: { time: false, auto: false, range: (_, low, high) => [low, high] }, y: { range: padded } },
    legend: { show: false },
    cursor: {
      sync: { key, scales: ["x", null], filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      bind: { dblclick: () => () => (back(), null) },
      y: false,
    },
    series: [
      { label: "t" },
      { label, points: { show: false }, value, paths: () => null },
      { label, points: { show: false }, value, paths: () => null },
    ],
    axes: [
      {
        show: true,
        size: last ? 34 : 8,
        incrs: STEPS_s,
        space: 70,
        stroke: ink,
        grid,
        ticks: { ...grid, size: last ? 5 : 0 },
        values: (_, splits, __, ___, step_s) => splits.map((at) => (last ? timeText(at, step_s) : "")),
      },
      { size: AXIS_WIDTH, label, labelSize: 18, labelGap: 0, stroke: ink, grid, ticks: { ...grid, size: 4 }, values: (_, splits, __, ___, step) => splits.map((at) => tick(at, step)) },
    ],
    padding: [6, 10, 0, 0],
    hooks: {
      draw: [
        (chart) => {
          paintEnvelope(chart, stroke);
          draw(chart);
        },
      ],
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          const [from, to] = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")];
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          select(from, to);
        },
      ],
    },
  };
  return new window.uPlot(options, [[], [], []], node);
}

/* The least and the most of each stretch as a box, never thinner than a line, and lines where stretches are apart.

   Boxes, each for itself: stroking some thousand steep steps, or filling them as one path, takes a computer without
   graphics card too long. */
function paintEnvelope(chart, paint) {
  const { ctx, bbox } = chart;
  const [x, low, high] = chart.data;
  const toX = pixels(chart.scales.x, bbox.left, bbox.width);
  const toY = pixels(chart.scales.y, bbox.top + bbox.height, -bbox.height);
  const thin = 1.2 * (window.devicePixelRatio || 1);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = ctx.strokeStyle = paint;
  ctx.lineWidth = thin;
  ctx.beginPath();
  let pen = null;
  for (let at = 0; at < x.length - 1; at++) {
    const next = at + 1;
    if (low[at] == null || low[next] == null) continue; /* or undefined */
    const [x0, x1] = [toX(x[at]), toX(x[next])];
    if (x1 < bbox.left || x0 > bbox.left + bbox.width) continue;
    if (low[at] < high[at] && low[at] === low[next] && high[at] === high[next]) {
      const top = toY(high[at]);
      ctx.fillRect(x0, top, Math.max(x1 - x0, thin), Math.max(toY(low[at]) - top, thin));
      continue;
    }
    const [y0, y1] = nearest(low[at], high[at], low[next], high[next]).map(toY);
    if (x1 - x0 <= thin) {
      ctx.fillRect(x0, Math.min(y0, y1), thin, Math.max(Math.abs(y1 - y0), thin));
      continue;
    }
    if (pen !== at || low[at] !== high[at]) ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    pen = next;
  }
  ctx.stroke();
  ctx.restore();
}

function pixels({ min, max }, from, length) {
  const scale = length / (max - min);
  return (value) => from + (value - min) * scale;
}

/* Where two ranges are nearest to each other; in the middle of what they share. */
function nearest(low0, high0, low1, high1) {
  if (low1 > high0) return [high0, low1];
  if (high1 < low0) return [low0, high1];
  const middle = (Math.max(low0, low1) + Math.min(high0, high1)) / 2;
  return [middle, middle];
}

/* A flat line stands in the middle, not on the edge. */
function padded(_, low, high) {
  if (low === null || high === null) return [0, 1];
  const span = high - low || Math.abs(high) * 0.1 || 1;
  return [low - span * 0.06, high + span * 0.06];
}
