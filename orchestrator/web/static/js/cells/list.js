/* The list of cells: a new one, and values from a CSV. */
import { CellForm } from "./cell_form.js";
import { mountImport } from "./import.js";

const form = document.querySelector(".cell-form");
if (form) {
  new CellForm(form, { saved: (cell) => window.location.assign(`/cells/${encodeURIComponent(cell.id)}`) });
  document.getElementById("new-cell").addEventListener("toggle", (event) => {
    if (event.target.open) form.elements.id.focus();
  });
  mountImport(document.querySelector(".import-form"), () => {});
}
