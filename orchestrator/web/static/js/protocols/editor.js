/* The editor of protocols: what is wrong stands at its line while one types, and nothing is lost by leaving. */
import { Refused, api } from "../api.js";
import { follow } from "../live.js";
import { readTextFile } from "../text_file.js";
import { t } from "../words.js";
import { showFindings, tellNoCheck } from "./findings.js";
import { keepFile } from "./keep_file.js";
import { chosenCell, refuse, showPlan } from "./plan.js";
import { preview } from "./preview.js";
import { newestOf, saveVersion, tellNewer } from "./save.js";
import { TextArea } from "./text_area.js";

const PAUSE_MS = 350; // without a key before the text is looked at
const at = (id) => document.getElementById(id);
const area = at("source");
const text = new TextArea(area, at("gutter"), at("marks"));
const charactersMax = Number(area.getAttribute("maxlength"));
const draft = { parent: area.dataset.parent, newest: area.dataset.newest, name: area.dataset.name };
let saved = area.value;
let turn = 0;
let timer = null;

const isChanged = () => area.value !== saved;

async function check() {
  const mine = ++turn;
  const source = text.text;
  try {
    const cell = chosenCell();
    const answer = await api("POST", "/api/v1/protocols/check", { source, name: "text", ...(cell ? { cell } : {}) });
    if (mine !== turn) return;
    if (answer.protocol) draft.name = answer.protocol;
    text.mark(answer.findings);
    showFindings(answer.findings, (line) => text.goTo(line));
    if (answer.ok) showPlan({ protocol: "text", source });
    else refuse(t("There is no plan while something is wrong."));
    preview(answer.ok ? { protocol: "text", source } : null);
  } catch (error) {
    if (mine === turn) tellNoCheck(error.message);
  }
}

function changed() {
  at("changed").hidden = !isChanged();
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE_MS);
}

async function open(file) {
  if (!file) return;
  at("file-problem").textContent = "";
  at("file-remarks").replaceChildren();
  try {
    let content = (await readTextFile(file, charactersMax)).replace(/\r\n?/g, "\n");
    if (/\.json$/i.test(file.name)) content = await translated(file.name, content);
    text.replace(content);
  } catch (error) {
    at("file-problem").textContent = error.message;
  } finally {
    at("file").value = "";
  }
}

/* A unicycler file. */
async function translated(name, content) {
  const answer = await api("POST", "/api/v1/protocols/import", { content, name });
  const told = [t("{name} was translated from unicycler.", { name }), ...answer.remarks];
  at("file-remarks").replaceChildren(...told.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  return answer.source;
}

async function save(newestKnown = draft.newest) {
  const source = text.text;
  await check();
  const stored = await saveVersion({ source, parent: draft.parent, newestKnown, name: draft.name, conflict: () => tellConflict(source) });
  if (stored === null) return;
  draft.newest = stored.sha256;
  saved = source;
  changed();
  if (!isChanged()) window.location.assign(`/protocols/${stored.sha256}`);
}

async function tellConflict() {
  try {
    const newest = await newestOf(draft.name);
    if (!newest) return;
    draft.told = newest.sha256;
    tellNewer(newest, draft.parent, (seen) => save(seen));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    at("file-problem").textContent = error.message;
  }
}

if (draft.newest) {
  follow(`protocol-versions/${draft.name}`, (rows) => {
    const newest = rows.get("newest");
    if (newest && newest.sha256 !== draft.newest && newest.sha256 !== draft.told) tellNewer(newest, draft.parent);
    draft.told = newest?.sha256; // the offer to save all the same stays, once it was made
  });
}
area.addEventListener("input", changed);
at("plan-cell").addEventListener("change", check);
at("file").addEventListener("change", () => open(at("file").files[0]));
at("save")?.addEventListener("click", () => save());
at("keep-file").addEventListener("click", () => keepFile(`${draft.name}.yaml`, text.text, "application/yaml"));
window.addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});
check();
