/* Voltage, current, temperature and capacity of the step over test time, one above the other.

   Every window is asked of the server as minima and maxima; only while the end is followed, only the new tail is. */
import { t } from "../words.js";
import { duration } from "../format.js";
import { makeChart, colour } from "./chart.js";
import { onPaper, paperWidth } from "./paper.js";
import { append, askWindow, withGaps } from "./record_window.js";

const PANELS = [
  { place: 0, label: "V", paint: "--accent", height: 210 },
  { place: 1, label: "mA", paint: "--bad", height: 130 },
  { place: 3, label: "mAh", paint: "--good", height: 110 },
  { place: 2, label: "°C", paint: "--wait", height: 100 },
];
const TAIL_BUCKETS = 200;

export class RecordPlot {
  constructor(run, marks) {
    this.run = run;
    this.marks = marks;
    this.node = document.getElementById("plots");
    this.problem = document.getElementById("plot-problem");
    this.told = document.getElementById("plot-window");
    this.followEnd = document.getElementById("follow-end");
    this.window = null; /* [from, to] in seconds, null: the whole run */
    this.columns = null;
    this.end_s = null;
    this.charts = [];
    this.asked = 0;
    this.growing = false;
    marks.onLoad = () => this.draw();
    this.bind();
  }

  buckets() {
    return Math.max(200, Math.min(2000, Math.round(this.node.clientWidth - 80)));
  }

  async show(startMark = null) {
    const number = ++this.asked;
    const [from, to] = this.window ?? [null, null];
    try {
      const columns = await askWindow(this.run, from, to, this.buckets());
      if (number !== this.asked) return;
      this.columns = columns;
      this.tailFrom_s = columns.time_s.at(-1) ?? null;
      if (this.window === null) this.end_s = this.tailFrom_s;
      this.limit = 3 * columns.time_s.length + 4 * TAIL_BUCKETS;
      this.problem.textContent = "";
    } catch (error) {
      this.problem.textContent = error.message;
      return;
    }
    this.draw();
    requestAnimationFrame(() => {
      const start = startMark === null ? { start: 0 } : { start: startMark };
      performance.measure(startMark === null ? "records drawn" : "zoom drawn", start);
    });
  }

  draw() {
    if (!this.columns) return;
    const columns = withGaps(this.columns, this.marks.gaps);
    const panels = PANELS.filter(({ place }) => place !== 2 || columns.series[2][0].some((value) => value !== undefined && value !== null));
    if (this.charts.length !== panels.length) this.build(panels);
    const range = this.range(columns);
    this.charts.forEach((chart, row) => {
      const [low, high] = columns.series[panels[row].place];
      chart.batch(() => {
        chart.setData([columns.time_s, low, high], false);
        chart.setScale("x", { min: range[0], max: range[1] });
      });
    });
    this.tell(range);
  }

  range(columns) {
    if (this.window) return this.window;
    const first = Math.min(columns.time_s[0] ?? 0, 0);
    const last = columns.time_s.at(-1) ?? 1;
    return [first, last > first ? last : first + 1];
  }

  build(panels) {
    for (const chart of this.charts) chart.destroy();
    this.node.replaceChildren();
    this.node.style.minHeight = "0"; /* the room was kept until it is known how many panels there are */
    this.charts = panels.map((panel, row) =>
      makeChart(this.node, {
        ...panel,
        key: "records",
        height: panel.height + (row === panels.length - 1 ? 26 : 0),
        last: row === panels.length - 1,
        draw: (chart) => this.marks.paint(chart, row === 0),
        select: (from, to) => this.zoom(from, to),
        back: () => this.zoom(null, null),
      }),
    );
  }

  zoom(from, to) {
    const name = `zoom ${this.asked}`;
    performance.mark(name);
    this.window = from === null ? null : [from, to];
    return this.show(name);
  }

  lookAt(time_s) {
    const [from, to] = this.range(this.columns ?? { time_s: [] });
    const half = Math.min((to - from) / 2, 1800);
    this.zoom(time_s - half, time_s + half);
  }

  /* Records have come: ask for those behind the last one that is shown, no more. */
  async grow(end_s) {
    this.end_s = end_s;
    if (!this.followEnd.checked || !this.columns || this.growing) return;
    if (this.columns.time_s.length > this.limit) {
      await this.show();
      return;
    }
    this.growing = true;
    const number = this.asked;
    try {
      const tail = await askWindow(this.run, this.columns.time_s.at(-1) ?? null, null, TAIL_BUCKETS);
      if (number !== this.asked || !append(this.columns, tail)) return;
      this.columns.records += tail.records;
      if (this.window) this.slide(this.columns.time_s.at(-1));
      this.draw();
    } catch (error) {
      this.problem.textContent = error.message;
    } finally {
      this.growing = false;
    }
  }

  /* A window that is followed keeps its width, and its right edge at the end. */
  slide(last_s) {
    const width = this.window[1] - this.window[0];
    this.window = [last_s - width, last_s];
    const gone = this.columns.time_s.findIndex((time_s) => time_s >= this.window[0] - width);
    if (gone > this.limit / 3) {
      this.columns.time_s.splice(0, gone);
      for (const pair of this.columns.series) for (const edge of pair) edge.splice(0, gone);
    }
  }

  tell([from, to]) {
    const text = t("{from} to {to}, {records} records", {
      from: duration(from),
      to: duration(to),
      records: this.columns.records.toLocaleString(document.documentElement.lang),
    });
    const sampled = this.columns.records > 60000 ? ` ${t("Capacity from every 256th record: zoom in for all.")}` : "";
    this.told.textContent = text + sampled;
  }

  bind() {
    const moves = {
      whole: () => this.zoom(null, null),
      in: () => this.scale(0.5),
      out: () => this.scale(2),
      left: () => this.shift(-0.5),
      right: () => this.shift(0.5),
    };
    for (const button of document.querySelectorAll("[data-plot]")) {
      button.addEventListener("click", () => moves[button.dataset.plot]());
    }
    this.followEnd.addEventListener("change", () => {
      if (!this.followEnd.checked) return;
      if (this.window && this.end_s !== null) {
        const width = this.window[1] - this.window[0];
        this.zoom(this.end_s - width, this.end_s);
      } else this.zoom(null, null);
    });
    new ResizeObserver(() => this.resize()).observe(this.node);
    window.addEventListener("theme", () => this.repaint());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint());
    onPaper(() => this.repaint());
  }

  scale(factor) {
    const [from, to] = this.range(this.columns ?? { time_s: [] });
    const [middle, half] = [(from + to) / 2, ((to - from) / 2) * factor];
    if (factor > 1 && this.end_s !== null && middle - half <= 0 && middle + half >= this.end_s) this.zoom(null, null);
    else this.zoom(middle - half, middle + half);
  }

  shift(part) {
    const [from, to] = this.range(this.columns ?? { time_s: [] });
    this.followEnd.checked = false;
    this.zoom(from + part * (to - from), to + part * (to - from));
  }

  resize() {
    const width = paperWidth ?? this.node.clientWidth - 14;
    for (const chart of this.charts) if (width > 50 && chart.width !== width) chart.setSize({ width, height: chart.height });
  }

  repaint() {
    this.charts.forEach((chart) => chart.destroy());
    this.charts = [];
    this.draw();
    this.resize();
  }
}

export { colour };
