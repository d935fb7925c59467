/* The table of pairs: each can be changed, taken away, or have its plan shown. */
import { element } from "../dialog.js";
import { t } from "../words.js";
import { knownCell, summaryOf } from "./known_cells.js";
import { markTaken, placeNamed } from "./places.js";
import { save, state } from "./state.js";

const box = document.getElementById("placements-box");
const body = document.getElementById("placements");

export class Placements {
  /* changed() after each change of what will be launched; shown() when another row is looked at. */
  constructor({ changed, shown, unknown }) {
    Object.assign(this, { changed, shown, unknown });
    this.draw();
  }

  /* A cell that is scanned again moves to the new bench. */
  add(cell, bench) {
    const there = state.placements.findIndex((one) => one.cell === cell);
    if (there >= 0) state.placements[there] = { cell, bench };
    else state.placements.push({ cell, bench });
    state.shown = there >= 0 ? there : state.placements.length - 1;
    this.draw();
    this.changed();
  }

  draw() {
    if (state.shown >= state.placements.length) state.shown = Math.max(state.placements.length - 1, 0);
    save();
    markTaken();
    box.hidden = state.placements.length === 0;
    body.replaceChildren(...state.placements.map((one, index) => this.row(one, index)));
  }

  row(one, index) {
    const about = element("span", { class: "faint" });
    const tellAbout = async () => {
      const cell = one.cell ? await knownCell(one.cell) : undefined;
      about.textContent = cell ? summaryOf(cell) : cell === null ? t("not known yet") : "";
      return cell;
    };
    tellAbout();
    const show = element("button", { type: "button", class: "quiet", "aria-pressed": index === state.shown ? "true" : "false" }, t("Show"));
    show.addEventListener("click", () => this.look(index));
    const remove = element("button", { type: "button", class: "quiet", "aria-label": t("Take {cell} away", { cell: one.cell }) }, "✕");
    remove.addEventListener("click", () => {
      state.placements.splice(index, 1);
      this.draw();
      this.changed();
    });
    return element(
      "tr",
      { class: index === state.shown ? "shown" : "" },
      element("td", {}, this.field(one, "cell", t("Cell"), tellAbout), about),
      element("td", {}, this.field(one, "bench", t("Bench"), tellAbout)),
      element("td", { class: "plan-cell" }, element("span", { "data-plan": true }), " ", show),
      element("td", {}, remove),
    );
  }

  /* The row stays as it is, and whoever uses the keyboard where they are. */
  field(one, name, label, tellAbout) {
    const input = element("input", { "aria-label": label, autocomplete: "off", spellcheck: "false", maxlength: "200" });
    input.value = one[name];
    input.addEventListener("change", async () => {
      const text = input.value.trim();
      one[name] = input.value = name === "bench" ? placeNamed(text) || text : text;
      save();
      markTaken();
      this.changed();
      if ((await tellAbout()) === null) this.unknown(one.cell);
    });
    return input;
  }

  look(index) {
    state.shown = index;
    save();
    [...body.rows].forEach((row, place) => {
      row.classList.toggle("shown", place === index);
      row.querySelector("[aria-pressed]").setAttribute("aria-pressed", place === index ? "true" : "false");
    });
    this.shown();
  }

  /* What comes of the plan of a row: a text, and whether it is a problem, a warning or neither. */
  tell(index, text, kind) {
    const place = body.rows[index]?.querySelector("[data-plan]");
    if (!place) return;
    place.textContent = text;
    place.className = kind;
  }

  /* What is wrong with the table itself; an empty text where nothing is. */
  problemOf(index) {
    const { cell, bench } = state.placements[index];
    if (!cell) return t("no cell");
    if (!bench) return t("no bench");
    if (state.placements.some((other, place) => place < index && other.cell === cell)) return t("this cell stands above already");
    if (state.placements.some((other, place) => place < index && other.bench === bench)) return t("this bench stands above already");
    return "";
  }
}
