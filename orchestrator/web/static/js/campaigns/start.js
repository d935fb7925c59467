/* Handing a campaign in: from the library or a file, checked first, with the places of the cells and the calendar. */
import { api } from "../api.js";
import { ask, element } from "../dialog.js";
import { moment } from "../format.js";
import { calendar } from "../queue/calendar.js";
import { slotTable } from "../queue/slot_table.js";
import { readTextFile } from "../text_file.js";
import { t } from "../words.js";

const CHARACTERS_MAX = 250_000;
const LINE = /^(\S+?):(\d+) {2}/;
const find = (id) => document.getElementById(id);
const source = find("source");
const start = find("start");
const problem = find("problem");
const result = find("result");
const root = find("calendar");
const chosen = { name: "campaign.yaml", sources: {}, checked: null };

function body() {
  return { name: chosen.name, source: source.value, sources: chosen.sources };
}

/* What was checked is no longer what stands there. */
function unchecked() {
  chosen.checked = null;
  if (start) start.disabled = true;
}

function show(text, name) {
  source.value = text;
  chosen.name = name;
  unchecked();
  result.replaceChildren();
  root.replaceChildren();
}

async function tried(act) {
  problem.textContent = "";
  try {
    await act();
  } catch (error) {
    problem.textContent = error.message;
  }
}

function goTo(line) {
  const lines = source.value.split("\n");
  const from = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  source.focus();
  source.setSelectionRange(from, from + (lines[line - 1] || "").length);
  source.scrollTop = Math.max(0, (line - 4) * (source.scrollHeight / Math.max(lines.length, 1)));
}

function told(text) {
  const found = LINE.exec(text);
  if (!found || found[1] !== chosen.name) return element("li", {}, text);
  const button = element("button", { type: "button" }, t("line {line}", { line: found[2] }));
  button.addEventListener("click", () => goTo(Number(found[2])));
  return element("li", {}, button, text.slice(found[0].length));
}

function showProblems(problems) {
  const list = element("ul", { class: "problems" }, ...problems.map(told));
  result.replaceChildren(element("h2", {}, t("It cannot be started:")), list);
  root.replaceChildren();
}

function showPlan(answer) {
  const places = answer.placements.map(({ cell, bench }) => element("li", {}, t("{cell} on {bench}", { cell, bench })));
  result.replaceChildren(
    element("h2", {}, t("It can be started (cells: {cells}, steps: {steps}).", { cells: answer.cells, steps: answer.steps })),
    element("p", {}, places.length ? t("These cells must be in their places before it begins:") : t("People are asked to put each cell in.")),
    element("ul", { class: "placements" }, ...places),
  );
  root.replaceChildren(
    element("h2", {}, t("Calendar")),
    element("div", { class: "calendar-tools", role: "group", "aria-label": t("What the calendar shows") }),
    element("div", { class: "lanes", "data-now": String(answer.forecast.now_unix_s) }),
    element("p", {}, t("Everything is expected to be done by {when}, if conditions are met, nothing fails, and a person takes a quarter of an hour.", { when: moment(answer.forecast.end_unix_s) })),
    slotTable(answer.forecast.slots),
  );
  calendar(root);
}

async function check() {
  if (source.value.trim() === "") throw new Error(t("Choose a campaign of the library or a file, or write one."));
  const asked = body();
  const answer = await api("POST", "/api/v1/campaigns/check", asked);
  unchecked();
  if (!answer.ok) showProblems(answer.problems);
  else showPlan(answer);
  if (!answer.ok || source.value !== asked.source) return;
  chosen.checked = answer;
  if (start) start.disabled = false;
}

find("campaign-form").addEventListener("submit", (event) => {
  event.preventDefault();
  tried(check);
});
source.addEventListener("input", unchecked);
find("library").addEventListener("change", (event) =>
  tried(async () => {
    if (event.target.value === "") return;
    const read = await api("GET", `/api/v1/campaigns/library/${encodeURIComponent(event.target.value)}`);
    show(read.source, `${read.name}.yaml`);
  }),
);
find("file").addEventListener("change", (event) =>
  tried(async () => {
    const [file] = event.target.files;
    if (file) show(await readTextFile(file, CHARACTERS_MAX), file.name);
  }),
);
find("protocols").addEventListener("change", (event) =>
  tried(async () => {
    const files = [...event.target.files];
    const texts = await Promise.all(files.map((file) => readTextFile(file, CHARACTERS_MAX)));
    chosen.sources = Object.fromEntries(files.map((file, number) => [file.name, texts[number]]));
    find("protocols-read").textContent = t("Read: {files}", { files: Object.keys(chosen.sources).join(", ") });
    unchecked();
  }),
);
start?.addEventListener("click", () => {
  const answer = chosen.checked;
  if (answer === null) return;
  const places = answer.placements.map(({ cell, bench }) => t("{cell} on {bench}", { cell, bench })).join(", ");
  ask({
    title: t("Start campaign {name}?", { name: answer.name }),
    lines: [
      t("Cells: {cells}, steps: {steps}; everything is expected to be done by {when}.", { cells: answer.cells, steps: answer.steps, when: moment(answer.forecast.end_unix_s) }),
      ...(places ? [t("Make sure that these cells are in their places: {places}", { places })] : []),
    ],
    verb: t("Start the campaign"),
    act: async ({ actor }) => {
      const started = await api("POST", "/api/v1/campaigns", { ...body(), actor });
      window.location.assign(`/campaigns/${started.id}`);
    },
  });
});
