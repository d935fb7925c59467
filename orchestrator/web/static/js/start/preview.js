/* Voltage and current over time as the virtual cell has them. */
import { api } from "../api.js";
import { PreviewPlot, toldOf } from "../preview_plot.js";
import { t } from "../words.js";
import { planRequest } from "./plans.js";
import { save, state } from "./state.js";

const plot = new PreviewPlot(document.getElementById("preview-plot"));
const told = document.getElementById("preview-state");
const problem = document.getElementById("preview-problem");
const remarks = document.getElementById("preview-remarks");
const formed = document.getElementById("formed");
const AGAIN_AFTER_MS = 2000;
const BUSY = 503;
let key = "";

function show(answer) {
  told.textContent = toldOf(answer);
  remarks.replaceChildren(...answer.remarks.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  plot.show(answer);
}

function clear(text) {
  told.textContent = "";
  problem.textContent = text;
  remarks.replaceChildren();
  plot.show(null);
}

/* The preview of this pair; null: nothing to show. */
export async function showPreview(placement) {
  if (!placement) {
    key = "";
    clear("");
    return;
  }
  const { bench, ...request } = { ...planRequest(placement), formed: state.formed };
  const asked = JSON.stringify(request);
  if (asked === key) return;
  key = asked;
  told.textContent = t("computing …");
  try {
    const answer = await api("POST", "/api/v1/protocols/preview", request);
    if (key !== asked) return;
    problem.textContent = "";
    show(answer);
  } catch (error) {
    if (key !== asked) return;
    if (!error.status || error.status === BUSY) key = "";
    clear(error.message);
    if (error.status === BUSY) setTimeout(() => key === "" && showPreview(placement), AGAIN_AFTER_MS);
  }
}

export function watchPreview(again) {
  formed.checked = state.formed;
  formed.addEventListener("change", () => {
    state.formed = formed.checked;
    save();
    again();
  });
}
