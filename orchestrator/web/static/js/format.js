/* Numbers, times and ages as people read them. */
import { t } from "./words.js";

const language = document.documentElement.lang;

export function number(value, digits = 3) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits).replace("-", "−");
}

/* An SI prefix that leaves one to three digits before the point: current(0.00055) is "0.55 mA". */
export function quantity(value, unit, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const [factor, prefix] =
    size === 0 || size >= 0.5 ? [1, ""] : size >= 0.5e-3 ? [1e3, "m"] : size >= 0.5e-6 ? [1e6, "µ"] : [1e9, "n"];
  return `${Number((value * factor).toPrecision(digits)).toString().replace("-", "−")} ${prefix}${unit}`;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const s = Math.max(Math.round(seconds), 0);
  const [d, h, m] = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60)];
  if (d) return t("{d} d {h} h", { d, h });
  if (h) return t("{h} h {m} min", { h, m });
  if (m) return t("{m} min {s} s", { m, s: s % 60 });
  return t("{s} s", { s });
}

export function moment(unix_s) {
  if (unix_s === null || unix_s === undefined) return "–";
  const format = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(language, format).format(new Date(unix_s * 1000));
}

export function age(seconds) {
  return t("{age} ago", { age: duration(seconds) });
}
