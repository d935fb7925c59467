/* The last question, and what comes of it: all runs, or none. */
import { api } from "../api.js";
import { ask, element } from "../dialog.js";
import { duration, moment } from "../format.js";
import { t } from "../words.js";
import { chosenProtocol, state } from "./state.js";

const SHOWN = 12;

function lineOf(placement, name, plan) {
  const values = { ...placement, protocol: name };
  if (!plan) return t("{cell} at {bench}: {protocol}", values);
  const more = { cycles: plan.estimate.cycles, duration: duration(plan.estimate.duration_s), done: moment(plan.finish_unix_s) };
  return t("{cell} at {bench}: {protocol}, {cycles} cycles, about {duration}, done {done}", { ...values, ...more });
}

function details(name, outcomes) {
  const items = state.placements.slice(0, SHOWN).map((one, index) => element("li", {}, lineOf(one, name, outcomes[index]?.answer)));
  const rest = state.placements.length - SHOWN;
  if (rest > 0) items.push(element("li", {}, t("and {rest} more", { rest })));
  const parts = [element("ul", { class: "launch-lines" }, ...items)];
  const chosen = Object.entries(state.parameters).map(([parameter, value]) => `${parameter} = ${value}`);
  if (chosen.length) parts.push(element("p", {}, t("Other than the defaults: {parameters}", { parameters: chosen.join("; ") })));
  const told = new Set(outcomes.flatMap((one) => (one?.answer ? [one.answer.obstacle, ...one.answer.warnings] : one?.problems || [])).filter(Boolean));
  if (told.size) parts.push(element("ul", { class: "warnings" }, ...[...told].slice(0, SHOWN).map((text) => element("li", {}, text))));
  parts.push(element("label", { class: "field" }, t("Note for the log"), element("input", { name: "note", maxlength: "500", autocomplete: "off" })));
  return element("div", {}, ...parts);
}

/* Resolves to the answer, or null where nobody agreed; refused() with the words of a refusal, which the dialog shows too. */
export function askToLaunch(name, outcomes, refused) {
  const count = state.placements.length;
  return ask({
    title: count === 1 ? t("Launch {protocol} on {cell} at {bench}?", { protocol: name, ...state.placements[0] }) : t("Launch {protocol} on {count} cells?", { protocol: name, count }),
    extra: details(name, outcomes),
    verb: count === 1 ? t("Launch") : t("Launch {count} runs", { count }),
    act: async ({ actor, note }) => {
      const body = { ...chosenProtocol(), parameters: state.parameters, placements: state.placements, note, actor: actor || undefined };
      try {
        return await api("POST", "/api/v1/runs", body);
      } catch (error) {
        refused(error.message);
        throw error;
      }
    },
  });
}

export function showLaunched() {
  const box = document.getElementById("launched");
  box.hidden = state.launched.length === 0;
  const line = (one) => element("li", {}, element("a", { href: `/runs/${one.run_id}` }, one.message));
  document.getElementById("launched-runs").replaceChildren(...state.launched.map(line));
}
