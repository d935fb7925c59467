/* A forecast as a table: what the calendar is drawn from, and what those read who cannot see it. */
import { element } from "../dialog.js";
import { moment } from "../format.js";
import { t } from "../words.js";

function row(slot) {
  const kind = slot.by_hand ? "person" : slot.begun ? "begun" : slot.run_id === null ? "planned" : "queued";
  const data = { start: slot.start_unix_s, end: slot.end_unix_s, bench: slot.bench, chamber: slot.chamber, cell: slot.cell, step: slot.step, kind, path: "" };
  const texts = [moment(slot.start_unix_s), moment(slot.end_unix_s), slot.bench || "–", slot.chamber || "–", slot.cell, slot.step];
  const line = element("tr", {}, ...texts.map((text) => element("td", {}, text)));
  for (const [name, value] of Object.entries(data)) line.dataset[name] = value ?? "";
  return line;
}

export function slotTable(slots) {
  const names = [t("Begins"), t("Ends"), t("Bench"), t("Chamber whose temperature it sets"), t("Cell"), t("Step")];
  const head = element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name))));
  const table = element("table", {}, head, element("tbody", {}, ...slots.map(row)));
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("Calendar as a table") }, table);
  return element("details", {}, element("summary", {}, t("As a table")), scroll);
}
