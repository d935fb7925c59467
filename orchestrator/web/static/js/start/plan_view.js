/* The plan of one cell: what it takes, its limits, its warnings, every step. */
import { element } from "../dialog.js";
import { duration, moment, number, quantity } from "../format.js";
import { t } from "../words.js";

const at = (id) => document.getElementById(id);

function lines(list, texts) {
  list.replaceChildren(...texts.map((text) => element("li", {}, text)));
}

function facts(plan) {
  const { estimate } = plan;
  const pairs = [
    [t("Takes about"), duration(estimate.duration_s)],
    [t("Cycles"), String(estimate.cycles)],
    [t("Started now, done"), moment(plan.finish_unix_s)],
    [t("Records"), t("about {records}, {size} MB", { records: estimate.records, size: Number((estimate.bytes / 1e6).toPrecision(2)) })],
  ];
  at("plan-facts").replaceChildren(...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function otherLimits(limits) {
  const parts = [];
  if (limits.capacity_max_Ah !== null) parts.push(t("{capacity} a step", { capacity: quantity(limits.capacity_max_Ah, "Ah") }));
  if (limits.temperature_min_degC !== null) parts.push(`≥ ${number(limits.temperature_min_degC, 1)} °C`);
  if (limits.temperature_max_degC !== null) parts.push(`≤ ${number(limits.temperature_max_degC, 1)} °C`);
  return parts.join(", ");
}

function limitRow(limits) {
  const voltage = `${limits.voltage_min_V} … ${limits.voltage_max_V} V`.replaceAll("-", "−");
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, t("Protocol")),
    element("td", {}, voltage),
    element("td", {}, quantity(limits.current_max_A, "A")),
    element("td", {}, otherLimits(limits)),
  );
}

/* Those of each program, and of single steps that are narrower; each once. */
function limitsOf(plan) {
  const found = new Map();
  const take = (limits) => limits && found.set(JSON.stringify(limits), limits);
  const walk = (steps) => {
    for (const step of steps) {
      take(step.limits);
      if (step.body) walk(step.body);
    }
  };
  for (const item of plan.items) {
    if (item.kind !== "segment") continue;
    take(item.program.limits);
    walk(item.program.steps);
  }
  return [...found.values()];
}

export function showPlan(placement, outcome) {
  at("plan-of").textContent = placement ? (placement.bench ? t("{cell} at {bench}", placement) : placement.cell) : "";
  const plan = outcome?.answer;
  at("plan").hidden = !plan;
  at("plan-none").hidden = Boolean(outcome);
  if (!plan) return;
  facts(plan);
  lines(at("plan-warnings"), [...(plan.obstacle ? [plan.obstacle] : []), ...plan.warnings]);
  at("protocol-limits").replaceChildren(...limitsOf(plan.plan).map(limitRow));
  at("watched").hidden = plan.watched_by_service.length === 0;
  lines(at("watched-lines"), plan.watched_by_service);
  at("plan-lines").textContent = plan.description.join("\n");
}

export function tellPlanProblems(problems) {
  at("plan-problem").textContent = problems.join("\n");
}
