/* Plans of all pairs, asked for two at a time and only when something has changed. */
import { api } from "../api.js";
import { t } from "../words.js";
import { knownCell } from "./known_cells.js";
import { chosenProtocol, state } from "./state.js";

const AT_ONCE = 2;
const GOOD_FOR_MS = 60000; // who has a channel changes by itself
const asked = new Map();

export function planRequest(placement) {
  const request = { ...chosenProtocol(), parameters: state.parameters, cell: placement.cell };
  return placement.bench ? { ...request, bench: placement.bench } : request;
}

/* {answer}, or {problems} where it is refused. */
async function planOf(placement) {
  if ((await knownCell(placement.cell)) === null) return { problems: [t("{cell} is not known: scan it again to add it", placement)] };
  const request = planRequest(placement);
  const key = JSON.stringify(request);
  const before = asked.get(key);
  if (before && Date.now() - before.atMs < GOOD_FOR_MS) return before.outcome;
  let outcome;
  try {
    outcome = { answer: await api("POST", "/api/v1/protocols/plan", request) };
  } catch (error) {
    outcome = { problems: error.problems || [error.message] };
    if (!error.status) return outcome; // nobody answered: asked again next time
  }
  asked.set(key, { atMs: Date.now(), outcome });
  return outcome;
}

/* After a launch, or a cell that was added, nothing that was known holds. */
export function forgetPlans() {
  asked.clear();
}

/* told(index, outcome) for each pair that is complete, in any order; ends early once `stale()`. */
export async function planAll(wanted, told, stale) {
  const waiting = [...wanted];
  async function work() {
    while (waiting.length && !stale()) {
      const index = waiting.shift();
      const outcome = await planOf(state.placements[index]);
      if (!stale()) told(index, outcome);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
