/* Which protocol, and its parameters. */
import { api } from "../api.js";
import { element } from "../dialog.js";
import { readTextFile } from "../text_file.js";
import { t } from "../words.js";
import { chosenProtocol, save, state } from "./state.js";

const CHARACTERS_MAX = 250000;
const OF_PARAMETER = /--set ([A-Za-z_][A-Za-z0-9_]*)[^:：]*(?:: |：)(.*)$/;
const select = document.getElementById("protocol");
const upload = document.getElementById("protocol-file");
const description = document.getElementById("protocol-description");
const problem = document.getElementById("protocol-problem");
const box = document.getElementById("parameters");

export class ProtocolChoice {
  constructor({ changed }) {
    this.changed = changed;
    this.read = null; // what the service says of the chosen one
    this.turn = 0;
    select.addEventListener("change", () => this.choose(select.value));
    upload.addEventListener("change", () => this.take(upload.files[0]));
    this.ready = this.load();
  }

  async take(file) {
    if (!file) return;
    problem.textContent = "";
    try {
      state.file = { name: file.name, source: await readTextFile(file, CHARACTERS_MAX) };
      await this.choose("file");
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      upload.value = ""; // the same file, mended, can be chosen again
    }
  }

  choose(value) {
    state.choice = value;
    save();
    return this.load();
  }

  /* A name of the library, a hash, or a name with several versions: then the newest. */
  prefer(wanted) {
    const options = [...select.options];
    const found = options.find((one) => one.value === wanted) || options.find((one) => one.text.startsWith(`${wanted} v`));
    if (found) state.choice = found.value;
    else problem.textContent = t("There is no protocol {name}.", { name: wanted });
    return this.choose(state.choice);
  }

  async load() {
    const turn = ++this.turn;
    this.drawChoice();
    const chosen = chosenProtocol();
    this.read = null;
    box.replaceChildren();
    description.textContent = "";
    if (chosen) {
      problem.textContent = "";
      try {
        const read = await api("POST", "/api/v1/protocols/parameters", chosen);
        if (turn !== this.turn) return;
        this.show(read);
      } catch (error) {
        if (turn !== this.turn) return;
        problem.textContent = error.message;
      }
    }
    this.changed();
  }

  drawChoice() {
    select.querySelector("option[value=file]")?.remove();
    if (state.file) select.add(new Option(t("file {name}", { name: state.file.name }), "file"), 1);
    select.value = state.choice;
    if (select.value !== state.choice) state.choice = ""; // a version that is not listed any more
  }

  show(read) {
    this.read = read;
    if (state.parametersOf !== read.name) Object.assign(state, { parameters: {}, parametersOf: read.name });
    const names = read.parameters.map((one) => one.name);
    state.parameters = Object.fromEntries(Object.entries(state.parameters).filter(([name]) => names.includes(name)));
    save();
    description.textContent = `${read.name}: ${read.description} (${read.sha256.slice(0, 8)})`;
    box.replaceChildren(...read.parameters.map((one) => this.field(one)));
  }

  field(one) {
    const id = `parameter-${one.name}`;
    const input = element("input", { id, maxlength: "2000", autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-hint ${id}-problem` });
    input.value = state.parameters[one.name] ?? one.default;
    input.addEventListener("input", () => {
      const text = input.value.trim();
      if (text === one.default) delete state.parameters[one.name];
      else state.parameters[one.name] = text;
      save();
      this.changed();
    });
    const hint = one.examples
      ? t("default {default}; written as {examples}", { default: one.default, examples: one.examples })
      : t("default {default}", { default: one.default });
    return element(
      "div",
      { class: "field" },
      element("label", { for: id }, one.name),
      input,
      element("span", { class: "hint", id: `${id}-hint` }, hint),
      element("span", { class: "problem", id: `${id}-problem` }),
    );
  }

  /* Puts each problem of a parameter at its field; returns the others. */
  tell(problems) {
    const at = {};
    const others = [];
    for (const line of problems) {
      const found = OF_PARAMETER.exec(line);
      if (found && document.getElementById(`parameter-${found[1]}`)) (at[found[1]] ||= []).push(found[2]);
      else others.push(line);
    }
    for (const one of this.read?.parameters ?? []) {
      const text = (at[one.name] || []).join("\n");
      document.getElementById(`parameter-${one.name}-problem`).textContent = text;
      document.getElementById(`parameter-${one.name}`).setAttribute("aria-invalid", text ? "true" : "false");
    }
    return others;
  }
}
