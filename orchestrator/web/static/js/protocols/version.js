/* One version: its plan for another cell, and as a file for unicycler. */
import { api } from "../api.js";
import { t } from "../words.js";
import { keepFile } from "./keep_file.js";
import { chosenCell, showPlan } from "./plan.js";
import { preview } from "./preview.js";

const { hash } = document.getElementById("protocol").dataset;
const problem = document.getElementById("plan-problem");
const told = document.getElementById("plan-told");

document.getElementById("plan-cell").addEventListener("change", () => {
  showPlan({ protocol: hash });
  preview({ protocol: hash });
});
preview({ protocol: hash });

document.getElementById("export").addEventListener("click", async () => {
  problem.textContent = "";
  const cell = chosenCell();
  if (!cell) {
    problem.textContent = t("Choose a cell first: unicycler takes absolute currents.");
    return;
  }
  try {
    const made = await api("GET", `/api/v1/protocols/versions/${hash}/unicycler?cell=${encodeURIComponent(cell)}`);
    keepFile(made.name, JSON.stringify(made.content, null, 2), "application/json");
    told.textContent = [t("{name} was made.", { name: made.name }), ...made.remarks].join(" ");
  } catch (error) {
    problem.textContent = error.message;
  }
});
