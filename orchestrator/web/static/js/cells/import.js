/* Values measured elsewhere, for many cells at once: all of them, or none. */
import { api } from "../api.js";
import { ask } from "../dialog.js";
import { readTextFile } from "../text_file.js";
import { t } from "../words.js";

const CHARACTERS_MAX = 250000;

export function mountImport(form, done) {
  const input = form.querySelector("input[type=file]");
  const problem = form.querySelector(".problem");
  const status = form.querySelector(".import-done");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    problem.textContent = status.textContent = "";
    try {
      const table = await readTextFile(file, CHARACTERS_MAX);
      const lines = table.split("\n").filter((line) => line.trim() !== "").length - 1;
      const cells = await ask({
        title: t("Enter these values?"),
        lines: [t("{file} has {lines} lines. All of them are entered, or none.", { file: file.name, lines })],
        verb: t("Enter"),
        act: ({ actor }) => api("POST", "/api/v1/cells/import", { table, name: file.name, actor: actor || undefined }),
      });
      if (cells !== null) {
        status.textContent = t("Entered for {cells}.", { cells: cells.map((cell) => cell.id).join(", ") });
        done();
      }
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      input.value = "";
    }
  });
}
