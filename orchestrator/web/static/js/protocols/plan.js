/* The plan of a protocol for the chosen cell, or for the typical one, in lines. */
import { api } from "../api.js";
import { duration } from "../format.js";
import { t } from "../words.js";

const at = (id) => document.getElementById(id);
const typical = JSON.parse(at("plan-cell").dataset.typical);
let turn = 0;

export const chosenCell = () => at("plan-cell").value;

/* The chosen cell as a request names it. */
export function cellOfRequest() {
  const cell = chosenCell();
  return cell ? { cell } : { properties: typical };
}

/* The plan of a protocol, {protocol} or {protocol, source}; an answer that comes late is not shown. */
export async function showPlan(protocol) {
  const mine = ++turn;
  try {
    const plan = await api("POST", "/api/v1/protocols/plan", { ...protocol, ...cellOfRequest() });
    if (mine === turn) tell(plan);
  } catch (error) {
    if (mine === turn) refuse(error.message);
  }
}

function tell(plan) {
  const { estimate } = plan;
  const told = { duration: duration(estimate.duration_s), cycles: estimate.cycles, records: estimate.records };
  at("plan-problem").textContent = "";
  at("plan-told").textContent = t("about {duration}, {cycles} cycles, {records} records", told);
  at("plan-lines").textContent = plan.description.join("\n");
  const warnings = at("plan-warnings");
  if (warnings) warnings.replaceChildren(...plan.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

export function refuse(text) {
  turn += 1;
  at("plan-problem").textContent = text;
  at("plan-told").textContent = "";
  at("plan-lines").textContent = "";
  at("plan-warnings")?.replaceChildren();
}
