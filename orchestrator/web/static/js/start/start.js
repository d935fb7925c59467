/* Cells on channels, a protocol, its plan, and off. */
import { duration, moment } from "../format.js";
import { t } from "../words.js";
import { knownCell } from "./known_cells.js";
import { askToLaunch, showLaunched } from "./launch.js";
import { NewCell } from "./new_cell.js";
import { Placements } from "./placements.js";
import { placeNamed, watchPlaces } from "./places.js";
import { showPlan, tellPlanProblems } from "./plan_view.js";
import { forgetPlans, planAll } from "./plans.js";
import { showPreview, watchPreview } from "./preview.js";
import { ProtocolChoice } from "./protocol.js";
import { Scan } from "./scan.js";
import { forget, save, state } from "./state.js";

const PLAN_AFTER_MS = 300;
const launchButton = document.getElementById("launch");
const launchProblem = document.getElementById("launch-problem");
let outcomes = []; // of the plan of each pair
let turn = 0;
let timer = null;

prefill();
const newCell = new NewCell((added) => {
  forgetPlans();
  placements.draw();
  plan();
  scan.focusCell();
  if (added) nextUnknown().then((found) => found && newCell.focus());
});
const placements = new Placements({ changed: planSoon, shown: () => show(true), unknown: (id) => newCell.open(id) });
const scan = new Scan({ pair, unknown: (id) => newCell.open(id), onward });
const protocol = new ProtocolChoice({ changed: planSoon });
watchPlaces((name) => scan.take(name));
watchPreview(() => show(true));
showLaunched();
nextUnknown();

/* What the address of the page asks for, once: a reload keeps what was made of it. */
function prefill() {
  const asked = new URLSearchParams(window.location.search);
  const [cell, bench] = [asked.get("cell") || "", asked.get("bench") || ""];
  if (![...asked.keys()].some((name) => ["cell", "bench", "protocol"].includes(name))) return;
  const place = bench && (placeNamed(bench) || bench);
  if (cell && bench) {
    if (!state.placements.some((one) => one.cell === cell)) state.placements.push({ cell, bench: place });
  } else {
    Object.assign(state, { cell: cell || state.cell, bench: place || state.bench });
  }
  if (asked.get("protocol")) queueMicrotask(() => protocol.prefer(asked.get("protocol")));
  window.history.replaceState(null, "", window.location.pathname);
  save();
}

function pair(cell, bench) {
  state.launched = [];
  showLaunched();
  placements.add(cell, bench);
}

/* Enter in an empty field: what is next. */
function onward() {
  if (newCell.isOpen) newCell.focus();
  else (state.choice && launchButton ? launchButton : document.getElementById("protocol")).focus();
}

/* Opens the form of the first cell that nobody knows; whether there is one. */
async function nextUnknown() {
  for (const id of [...state.placements.map((one) => one.cell), state.cell].filter(Boolean)) {
    if ((await knownCell(id)) === null) {
      newCell.open(id);
      return newCell.isOpen;
    }
  }
  return false;
}

function planSoon() {
  turn += 1; // what is under way is of yesterday
  clearTimeout(timer);
  timer = setTimeout(plan, PLAN_AFTER_MS);
}

async function plan() {
  const mine = ++turn;
  launchProblem.textContent = "";
  outcomes = state.placements.map((one, index) => {
    const problem = placements.problemOf(index);
    placements.tell(index, problem, "problem");
    return problem && one.bench ? { problems: [problem] } : undefined;
  });
  show();
  if (!protocol.read) return;
  const wanted = state.placements.map((one, index) => index).filter((index) => !outcomes[index] && state.placements[index].cell);
  wanted.sort((one, other) => (other === state.shown) - (one === state.shown));
  let same = false; // what is wrong with a parameter is wrong for every cell
  const told = (index, outcome) => {
    same = outcome.problems?.every(ofParameter) ?? false;
    for (const one of same ? wanted : [index]) {
      outcomes[one] = outcome;
      tellRow(one, outcome);
      if (one === state.shown) show(true);
    }
  };
  await planAll(wanted, told, () => same || mine !== turn);
}

function ofParameter(line) {
  return line.includes("--set ");
}

function tellRow(index, outcome) {
  const { answer, problems } = outcome;
  const missing = placements.problemOf(index);
  if (problems) {
    const others = problems.filter((line) => !ofParameter(line));
    placements.tell(index, others.length ? others.join("; ") : t("see the parameters"), "problem");
  } else if (missing) placements.tell(index, missing, "problem");
  else {
    const takes = t("{cycles} cycles, {duration}, done {done}", { cycles: answer.estimate.cycles, duration: duration(answer.estimate.duration_s), done: moment(answer.finish_unix_s) });
    placements.tell(index, answer.obstacle ? `⚠ ${answer.obstacle}` : `✓ ${takes}`, answer.obstacle ? "problem" : "");
  }
}

/* The plan of the row that is looked at; with `preview` its curves too. */
function show(preview = false) {
  const placement = state.placements[state.shown];
  const outcome = outcomes[state.shown];
  const others = protocol.tell(outcome?.problems || []);
  tellPlanProblems(others);
  if (preview || !placement) {
    showPlan(placement, outcome);
    showPreview(outcome?.answer ? placement : null);
  }
}

/* Why there is nothing to launch; an empty text where there is. */
function missing() {
  if (!state.placements.length) return t("Scan a cell and a bench first.");
  const wrong = state.placements.findIndex((one, index) => placements.problemOf(index));
  if (newCell.isOpen) return t("Add the new cell first, or cancel it.");
  if (wrong >= 0) return t("Line {line}: {problem}", { line: wrong + 1, problem: placements.problemOf(wrong) });
  return protocol.read ? "" : t("Choose a protocol first.");
}

launchButton?.addEventListener("click", async () => {
  launchProblem.textContent = missing();
  if (launchProblem.textContent) return;
  const answer = await askToLaunch(protocol.read.name, outcomes, (text) => {
    launchProblem.textContent = text;
  });
  forgetPlans();
  if (answer === null) return;
  launchProblem.textContent = "";
  Object.assign(state, { placements: [], shown: 0, launched: answer.runs.map(({ run_id, message }) => ({ run_id, message })) });
  placements.draw();
  showLaunched();
  plan();
  htmx.trigger("#places", "refresh");
  scan.focusCell();
});

document.getElementById("clear")?.addEventListener("click", () => {
  forget();
  window.location.reload();
});
