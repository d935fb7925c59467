/* Pause, resume, stop, confirm: asked once, with what it is about; why not, where it is not possible. */
import { api } from "../api.js";
import { ask } from "../dialog.js";
import { duration } from "../format.js";
import { t } from "../words.js";
import { elapsed_s, left_s } from "./head.js";

export function bindOrders(run) {
  const said = document.getElementById("order-said");
  for (const button of document.querySelectorAll("[data-order]")) {
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") {
        if (said) said.textContent = document.getElementById(`why-${button.dataset.order}`).textContent;
        return;
      }
      const answer = await ask(question(run, button.dataset.order, button.textContent));
      if (answer && said) said.textContent = answer.message || "";
    });
  }
}

function question(run, order, verb) {
  const send = (name) => ({ actor, reason }) => api("POST", `${run.api}/${name}`, { actor, reason });
  const cell = t("Run {run} on cell {cell}", { run: run.id, cell: run.cell });
  if (order === "stop") {
    return {
      title: t("Stop run {run}?", { run: run.id }),
      lines: [
        t("Cell {cell}", { cell: run.cell }),
        t("Elapsed: {elapsed}. Left, about: {left}.", { elapsed: duration(elapsed_s()), left: duration(left_s()) }),
        t("The channel goes to open circuit. A stopped run cannot be resumed; what was measured stays."),
      ],
      verb: t("Stop this run"),
      danger: true,
      reason: "optional",
      act: send("stop"),
    };
  }
  if (order === "confirm") {
    const asked = document.getElementById("prompt-text").textContent;
    return { title: t("Is it done?"), lines: [cell, asked], verb: t("Confirm"), reason: "optional", act: send("confirm") };
  }
  const titles = { pause: t("Pause run {run}?", { run: run.id }), resume: t("Let run {run} go on?", { run: run.id }) };
  return { title: titles[order], lines: [cell], verb, reason: "optional", act: send(order) };
}
