/* One cell: its properties, and the values that were measured elsewhere. */
import { api } from "../api.js";
import { ask } from "../dialog.js";
import { t } from "../words.js";
import { CellForm } from "./cell_form.js";
import { mountImport } from "./import.js";

const section = document.getElementById("entered-values");
const again = () => window.location.reload();

function enter(name, value) {
  return ask({
    title: value === null ? t("Take this value away?") : t("Enter this value?"),
    lines: [value === null ? name : `${name}: ${value}`],
    verb: value === null ? t("Take away") : t("Enter"),
    danger: value === null,
    act: ({ actor }) =>
      api("PATCH", `/api/v1/cells/${encodeURIComponent(section.dataset.cell)}`, { set_metadata: { [name]: value }, actor: actor || undefined }),
  }).then((cell) => cell && again());
}

const entry = section.querySelector(".entry-form");
if (entry) {
  const problem = section.querySelector("[data-problem=entry]");
  entry.addEventListener("submit", (event) => {
    event.preventDefault();
    const [name, value] = [entry.elements.name.value.trim(), entry.elements.value.value.trim()];
    problem.textContent = name && value ? "" : t("Write a name and a value.");
    if (name && value) enter(name, value);
    else (name ? entry.elements.value : entry.elements.name).focus();
  });
  section.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-name]");
    if (!button) return;
    if ("remove" in button.dataset) enter(button.dataset.name, null);
    else {
      entry.elements.name.value = button.dataset.name;
      entry.elements.value.value = button.dataset.value;
      entry.elements.value.select();
    }
  });
  mountImport(section.querySelector(".import-form"), again);
  new CellForm(document.querySelector(".cell-form"), { saved: again });
}
