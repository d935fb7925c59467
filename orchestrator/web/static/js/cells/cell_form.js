/* The form of a cell: what is typed is read by the service while one types, computed there, and shown. */
import { api, needsActor, rememberActor, rememberedActor } from "../api.js";
import { t } from "../words.js";

const READ_AFTER_MS = 250;
/* What each property may have been computed from; kept with the cell, as orchestrator/entered/written_cell.py names it. */
const COMPUTED_FROM = {
  active_mass_g: ["electrode_mass_mg", "foil_mass_mg", "active_fraction_pct", "specific_capacity_mAh_per_g"],
  area_cm2: ["diameter_mm"],
  nominal_capacity_Ah: ["specific_capacity_mAh_per_g"],
};
const OWN = ["id", "material", "notes", "actor"];

function written(form) {
  const entries = [...new FormData(form)].filter(([name]) => !OWN.includes(name));
  return Object.fromEntries(entries);
}

/* "name: value" lines; throws for a line that has no name. */
function notesOf(text) {
  const found = {};
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [name, ...rest] = line.split(":");
    if (!rest.length || name.trim() === "") throw new Error(t("“{line}” has no name; write name: value", { line: line.trim() }));
    found[name.trim()] = rest.join(":").trim();
  }
  return found;
}

export class CellForm {
  /* saved(cell) is called with the cell as the service has it. */
  constructor(form, { saved, cancelled = null }) {
    this.form = form;
    this.saved = saved;
    this.turn = 0;
    this.timer = null;
    this.known = null;
    if (form.dataset.cell) this.known = this.read();
    form.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.show(), READ_AFTER_MS);
    });
    form.addEventListener("keydown", (event) => this.onward(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    form.querySelector("[data-actor]").hidden = !needsActor;
    form.elements.actor.value = rememberedActor();
    const cancel = form.querySelector("[data-cancel]");
    cancel.hidden = cancelled === null;
    if (cancelled) cancel.addEventListener("click", cancelled);
    this.material = form.elements.material.value;
  }

  /* A scanner sends Enter: that goes on to the next field, and never adds a cell by itself. */
  onward(event) {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const fields = [...this.form.querySelectorAll("input, textarea, button[type=submit]")].filter((one) => one.offsetParent !== null);
    fields[fields.indexOf(event.target) + 1]?.focus();
  }

  /* An empty form for this barcode. */
  begin(id) {
    this.form.reset();
    this.form.elements.id.value = id;
    this.form.elements.actor.value = rememberedActor();
    this.tell({}, []);
  }

  focus() {
    this.form.elements.material.focus();
  }

  read() {
    return api("POST", "/api/v1/cells/written", written(this.form));
  }

  async show() {
    const turn = ++this.turn;
    try {
      const answer = await this.read();
      if (turn === this.turn) this.tell(answer.problems, answer.steps);
      return answer;
    } catch (error) {
      if (turn === this.turn) this.tell({ form: error.message }, []);
      return null;
    }
  }

  tell(problems, steps) {
    for (const place of this.form.querySelectorAll("[data-problem]")) {
      const text = problems[place.dataset.problem] || "";
      place.textContent = text;
      const input = this.form.elements[place.dataset.problem];
      if (input) input.setAttribute("aria-invalid", text ? "true" : "false");
    }
    this.form.querySelector("[data-steps]").textContent = steps.join("\n");
  }

  async save() {
    clearTimeout(this.timer);
    const answer = await this.show();
    if (answer === null) return;
    const wrong = Object.keys(answer.problems)[0];
    if (wrong) {
      this.form.elements[wrong].focus();
      return;
    }
    const { elements } = this.form;
    const actor = elements.actor.value.trim();
    if (needsActor && !actor) {
      this.tell({ form: t("Write your name: it stands in the log of the lab.") }, answer.steps);
      elements.actor.focus();
      return;
    }
    rememberActor(actor);
    const button = this.form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      this.saved(this.known ? await this.change(answer.properties, actor) : await this.add(answer.properties, actor));
    } catch (error) {
      this.tell({ form: error.message }, answer.steps);
    } finally {
      button.disabled = false;
    }
  }

  add(properties, actor) {
    const { id, material, notes } = this.form.elements;
    const metadata = { ...properties.metadata, ...notesOf(notes.value) };
    return api("POST", "/api/v1/cells", { ...properties, metadata, id: id.value.trim(), material: material.value.trim() || null, actor: actor || undefined });
  }

  /* Only what was changed is sent: the rest may be changed elsewhere meanwhile. */
  async change(properties, actor) {
    const before = (await this.known).properties;
    const body = { actor: actor || undefined };
    for (const [name, value] of Object.entries(properties)) {
      if (name !== "metadata" && name !== "material" && value !== before[name]) body[name] = value;
    }
    const material = this.form.elements.material.value.trim();
    if (material !== this.material) body.material = material || null;
    const entries = { ...this.outdated(body), ...properties.metadata };
    if (Object.keys(entries).length) body.set_metadata = entries;
    return api("PATCH", `/api/v1/cells/${encodeURIComponent(this.form.dataset.cell)}`, body);
  }

  /* Weights from which a property was once computed do not stay beside another value of it. */
  outdated(changed) {
    const kept = JSON.parse(this.form.dataset.entered);
    const from = Object.entries(COMPUTED_FROM).flatMap(([property, names]) => (property in changed ? names : []));
    return Object.fromEntries(from.filter((name) => kept.includes(name)).map((name) => [name, null]));
  }
}
