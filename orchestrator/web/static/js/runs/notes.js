/* What a person has to say about a run: it stands in the event log. */
import { api, needsActor } from "../api.js";
import { ask } from "../dialog.js";
import { t } from "../words.js";

export function bindNotes(run) {
  const form = document.getElementById("note-form");
  if (!form) return;
  const said = document.getElementById("note-said");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    const text = form.elements.text.value;
    const write = ({ actor }) => api("POST", `${run.api}/notes`, { text, actor });
    try {
      const question = { title: t("Add this note?"), lines: [text], verb: t("Add note"), act: write };
      const written = needsActor ? await ask(question) : await api("POST", `${run.api}/notes`, { text });
      if (written) form.reset();
    } catch (error) {
      said.textContent = error.message;
    }
  });
}
