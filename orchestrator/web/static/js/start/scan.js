/* Two fields for a scanner: it types fast and sends Enter, and nobody touches the mouse.

   Enter moves on at once and asks the service afterwards, so that nothing of the next scan is lost. */
import { t } from "../words.js";
import { knownCell } from "./known_cells.js";
import { placeNamed } from "./places.js";
import { save, state } from "./state.js";

const cell = document.getElementById("scan-cell");
const bench = document.getElementById("scan-bench");
const suggestions = document.getElementById("cell-options");
const SUGGEST_AFTER_MS = 200;
const NO_BARCODE = /[\s#/\\]/;

export function tell(field, text) {
  document.getElementById(`${field.id}-problem`).textContent = text;
  field.setAttribute("aria-invalid", text ? "true" : "false");
}

export class Scan {
  /* pair(cell, bench) for each pair; unknown(cell) for a barcode that nobody knows; onward() for Enter in an empty
     field once there are pairs. */
  constructor({ pair, unknown, onward }) {
    Object.assign(this, { pair, unknown, onward });
    this.on(cell, () => this.cellEntered());
    this.on(bench, () => this.benchEntered());
    cell.addEventListener("input", () => this.suggest());
    document.getElementById("add-pair").addEventListener("click", () => (cell.value.trim() ? this.benchEntered() : this.cellEntered()));
    this.timer = null;
    this.show();
  }

  on(field, entered) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      entered();
    });
    field.addEventListener("input", () => {
      tell(field, "");
      this.keep();
    });
  }

  /* As it was before a reload, or as the address of the page asks for. */
  show() {
    cell.value = state.cell;
    bench.value = state.bench;
    (state.cell && !state.bench ? bench : cell).focus();
  }

  keep() {
    state.cell = cell.value.trim();
    state.bench = bench.value.trim();
    save();
  }

  /* A channel taken from the table. */
  take(name) {
    bench.value = name;
    this.keep();
    tell(bench, "");
    if (cell.value.trim()) this.benchEntered();
    else cell.focus();
  }

  cellEntered() {
    const id = cell.value.trim();
    if (id === "") {
      if (state.placements.length) this.onward();
      else tell(cell, t("Scan a cell, or type its barcode."));
      return;
    }
    if (NO_BARCODE.test(id)) {
      if (placeNamed(id)) this.isBench(id);
      else tell(cell, t("A barcode has no blanks, and none of # / \\."));
      return;
    }
    if (bench.value.trim()) {
      this.benchEntered();
      return;
    }
    bench.focus();
    this.look(id);
  }

  /* Whether there is such a cell, while the next scan may be under way. */
  async look(id) {
    if ((await knownCell(id)) !== null) return;
    const here = cell.value.trim() === id;
    if (here && placeNamed(id)) {
      if (!bench.value.trim()) this.isBench(id); // else a cell is being scanned into the other field: swap() sees to it
    } else if (here || state.placements.some((one) => one.cell === id)) this.unknown(id);
  }

  /* Somebody scanned the bench first. */
  isBench(name) {
    bench.value = placeNamed(name);
    cell.value = "";
    this.keep();
    cell.focus();
  }

  /* The label of the bench was scanned first, and the cell before anybody could say so. */
  swap() {
    const [first, second] = [cell.value.trim(), bench.value.trim()];
    if (second && !placeNamed(second) && placeNamed(first)) [cell.value, bench.value] = [second, first];
  }

  benchEntered() {
    this.swap();
    const written = bench.value.trim();
    const place = placeNamed(written);
    if (place === null) {
      tell(bench, written ? t("There is no bench {bench}.", { bench: written }) : t("Scan the label of a bench, or type its name."));
      bench.focus();
      bench.select();
      return;
    }
    const id = cell.value.trim();
    if (id === "" || NO_BARCODE.test(id)) {
      bench.value = place;
      cell.focus();
      return;
    }
    cell.value = bench.value = "";
    tell(cell, "");
    tell(bench, "");
    this.keep();
    cell.focus();
    this.pair(id, place);
    this.look(id);
  }

  suggest() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const text = cell.value.trim();
      if (text === "") return;
      try {
        const answer = await fetch(`/start/cells?search=${encodeURIComponent(text)}`);
        if (answer.ok && cell.value.trim() === text) suggestions.innerHTML = await answer.text();
      } catch {
        /* suggestions are a comfort; the page says by itself when the service is away */
      }
    }, SUGGEST_AFTER_MS);
  }

  focusCell() {
    (cell.value.trim() && !bench.value.trim() ? bench : cell).focus();
  }
}
