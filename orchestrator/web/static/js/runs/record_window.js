/* Minima and maxima of a window of test time, as the columns that the plot draws. */
import { api } from "../api.js";

const QUANTITIES = [
  ["voltage_min_V", "voltage_max_V"],
  ["current_min_A", "current_max_A"],
  ["temperature_min_degC", "temperature_max_degC"],
  ["step_capacity_min_Ah", "step_capacity_max_Ah"],
];
/* mA, mAh */
const FACTORS = [1, 1e3, 1, 1e3];

export async function askWindow(run, start_s, end_s, buckets) {
  const query = new URLSearchParams({ buckets: String(buckets) });
  if (start_s !== null) query.set("start_s", String(start_s));
  if (end_s !== null) query.set("end_s", String(end_s));
  const answer = await api("GET", `${run.api}/records?${query}`);
  return columnsOf(answer.columns);
}

/* A stretch of several records is two points, its first and its last time, with the same extremes: a flat band. */
function columnsOf(read) {
  const { records, first_test_time_s: first, last_test_time_s: last } = read;
  const time_s = [];
  const series = QUANTITIES.map(() => [[], []]);
  const named = QUANTITIES.map((pair, place) => pair.map((name) => ({ from: read[name], factor: FACTORS[place] })));
  for (let row = 0; row < records.length; row++) {
    const points = last[row] > first[row] ? 2 : 1;
    for (let point = 0; point < points; point++) {
      time_s.push(point ? last[row] : first[row]);
      for (let place = 0; place < named.length; place++) {
        for (let edge = 0; edge < 2; edge++) {
          const { from, factor } = named[place][edge];
          const value = from ? from[row] : null;
          series[place][edge].push(value === null ? undefined : value * factor);
        }
      }
    }
  }
  return { time_s, series, records: records.reduce((sum, count) => sum + count, 0), stretches: records.length };
}

/* Behind what is there; what came again is left out. */
export function append(columns, tail) {
  const end_s = columns.time_s.at(-1) ?? -Infinity;
  let from = tail.time_s.findIndex((time_s) => time_s > end_s);
  if (from < 0) return 0;
  columns.time_s.push(...tail.time_s.slice(from));
  columns.series.forEach((pair, place) => pair.forEach((edge, side) => edge.push(...tail.series[place][side].slice(from))));
  return tail.time_s.length - from;
}

/* With a break where records are known to be missing: a line through them would say that nothing is. */
export function withGaps(columns, gaps) {
  const inside = gaps.filter((gap) => gap.records !== null && gap.end_test_time_s > gap.start_test_time_s);
  if (!inside.length) return columns;
  const time_s = [];
  const series = columns.series.map(() => [[], []]);
  let next = 0;
  columns.time_s.forEach((at_s, row) => {
    while (next < inside.length && inside[next].end_test_time_s <= at_s) {
      const middle_s = (inside[next].start_test_time_s + inside[next].end_test_time_s) / 2;
      if (time_s.length && middle_s > time_s.at(-1) && middle_s < at_s) {
        time_s.push(middle_s);
        for (const pair of series) for (const edge of pair) edge.push(null);
      }
      next += 1;
    }
    time_s.push(at_s);
    columns.series.forEach((pair, place) => pair.forEach((edge, side) => series[place][side].push(edge[row])));
  });
  return { ...columns, time_s, series };
}
