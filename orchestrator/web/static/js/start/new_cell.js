/* The form of a cell that nobody knows yet, right where its barcode was scanned. */
import { CellForm } from "../cells/cell_form.js";
import { t } from "../words.js";
import { cellAdded } from "./known_cells.js";
import { save, state } from "./state.js";

const box = document.getElementById("new-cell");
const form = box.querySelector(".cell-form");
const title = document.getElementById("new-cell-title");

export class NewCell {
  /* done(added) when it was added, or put away. */
  constructor(done) {
    this.done = done;
    this.form = null;
    if (!form) return;
    this.form = new CellForm(form, {
      saved: (cell) => {
        cellAdded(cell);
        this.close(true);
      },
      cancelled: () => this.close(false),
    });
    form.addEventListener("input", () => this.keep());
    if (state.newCell) this.again();
  }

  get isOpen() {
    return !box.hidden && this.form !== null;
  }

  /* The scanner keeps the focus: the next scan may be under way. Another form only when this one is done, so that
     nothing that was typed is lost. */
  open(id) {
    if (!box.hidden && state.newCell) return;
    box.hidden = false;
    title.textContent = t("{id} is a new cell", { id });
    if (!this.form) return;
    this.form.begin(id);
    this.keep();
    title.scrollIntoView({ block: "nearest" });
  }

  focus() {
    this.form.focus();
  }

  keep() {
    state.newCell = { id: form.elements.id.value, fields: Object.fromEntries(new FormData(form)) };
    save();
  }

  again() {
    const { id, fields } = state.newCell;
    box.hidden = false;
    title.textContent = t("{id} is a new cell", { id });
    for (const [name, value] of Object.entries(fields)) if (form.elements[name]) form.elements[name].value = value;
    this.form.show();
  }

  close(added) {
    box.hidden = true;
    state.newCell = null;
    save();
    this.done(added);
  }
}
