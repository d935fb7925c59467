/* The curves of a protocol on the virtual cell, computed while they are looked at. */
import { api } from "../api.js";
import { PreviewPlot, toldOf } from "../preview_plot.js";
import { t } from "../words.js";
import { cellOfRequest } from "./plan.js";

const AGAIN_AFTER_MS = 2000;
const BUSY = 503; // others are having curves computed
const fold = document.getElementById("preview");
const told = document.getElementById("preview-told");
const problem = document.getElementById("preview-problem");
const plot = new PreviewPlot(document.getElementById("preview-plot"));
let wanted = null; // the request; null: there is none while something is wrong
let shown = ""; // the request whose answer is shown

export function preview(protocol) {
  wanted = protocol && { ...protocol, ...cellOfRequest() };
  if (fold.open) draw();
}

async function draw() {
  const asked = JSON.stringify(wanted);
  if (asked === shown) return;
  shown = asked;
  problem.textContent = "";
  if (wanted === null) {
    told.textContent = "";
    plot.show(null);
    return;
  }
  told.textContent = t("computing …");
  try {
    const answer = await api("POST", "/api/v1/protocols/preview", wanted);
    if (asked !== shown) return;
    told.textContent = [toldOf(answer), ...answer.remarks].join(" · ");
    plot.show(answer);
  } catch (error) {
    if (asked !== shown) return;
    shown = "";
    told.textContent = "";
    problem.textContent = error.message;
    plot.show(null);
    if (error.status === BUSY) setTimeout(() => shown === "" && fold.open && draw(), AGAIN_AFTER_MS);
  }
}

fold.addEventListener("toggle", () => fold.open && draw());
