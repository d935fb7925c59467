/* What the analyses say, as the server writes it; and asking for one again. */
import { api, needsActor } from "../api.js";
import { ask } from "../dialog.js";
import { t } from "../words.js";

export function bindResults(run) {
  const place = document.getElementById("results");
  const load = async () => {
    try {
      const open = new Set([...place.querySelectorAll("details[open]")].map(keyOf));
      place.innerHTML = await api("GET", `/runs/${run.id}/results`);
      for (const one of place.querySelectorAll("details")) if (open.has(keyOf(one))) one.open = true;
    } catch (error) {
      place.textContent = error.message;
    }
  };
  bindForm(run);
  load();
  return { load };
}

function keyOf(details) {
  return `${details.closest("[data-analysis]").dataset.analysis} ${details.querySelector("summary").textContent}`;
}

function bindForm(run) {
  const form = document.getElementById("analyse-form");
  if (!form) return;
  const said = document.getElementById("analyse-said");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      const order = { name: form.elements.name.value, options: optionsOf(form.elements.options.value) };
      const send = ({ actor }) => api("POST", `${run.api}/analyses`, { ...order, actor });
      const title = t("Run {name} again?", { name: order.name });
      if (needsActor) await ask({ title, lines: [], verb: t("Ask for it"), act: send });
      else await api("POST", `${run.api}/analyses`, order);
    } catch (error) {
      said.textContent = error.message;
    }
  });
}

/* reference_cycle = 2: numbers, true, lists and objects as JSON has them; anything else is text */
function optionsOf(text) {
  const options = {};
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const place = line.indexOf("=");
    if (place < 1) throw new Error(t("{line}: write name = value", { line }));
    const value = line.slice(place + 1).trim();
    try {
      options[line.slice(0, place).trim()] = JSON.parse(value);
    } catch {
      options[line.slice(0, place).trim()] = value;
    }
  }
  return options;
}
