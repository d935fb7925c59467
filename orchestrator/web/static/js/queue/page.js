/* The page of the queue: its order, taking runs out of it, prompts, and keeping true what it shows. */
import { api, needsActor, rememberedActor } from "../api.js";
import { ask } from "../dialog.js";
import { t } from "../words.js";
import { calendar } from "./calendar.js";
import "./keep_open.js";
import { again, keepTrue } from "./keep_true.js";
import { listen } from "./prompts.js";

const channels = document.getElementById("channels");
const said = document.getElementById("said");
let refused = null;

function say(text) {
  said.textContent = "";
  said.textContent = text;
}

async function move(row, direction) {
  const run = row.dataset.run;
  const path = `/api/v1/runs/${run}/move`;
  const send = async ({ actor }) => api("POST", path, { actor, move: direction });
  const title = direction === "earlier" ? t("Move run {run} earlier?", { run }) : t("Move run {run} later?", { run });
  try {
    const actor = rememberedActor();
    const known = !needsActor || actor !== "";
    const answer = known ? await send({ actor }) : await ask({ title, verb: t("Move"), act: send });
    if (answer === null) return;
    say(answer.message);
    refused = null;
    again();
  } catch (error) {
    say(error.message);
    refused = { run, text: error.message };
  }
  showRefusal();
}

/* Beside what was refused, until something else is tried. */
function showRefusal() {
  for (const old of channels.querySelectorAll(".why .problem")) old.remove();
  const row = refused && document.getElementById(`run-${refused.run}`);
  if (!row) return;
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.textContent = refused.text;
  row.querySelector(".why").append(problem);
}

function takeOut(row) {
  const { run, cell, protocol, place } = row.dataset;
  return ask({
    title: t("Take run {run} out of the queue?", { run }),
    lines: [t("{protocol} on cell {cell} at {place} has not begun, and will not: it can be launched again.", { protocol, cell, place })],
    verb: t("Take out"),
    danger: true,
    reason: "optional",
    act: async ({ actor, reason }) => {
      const answer = await api("POST", `/api/v1/runs/${run}/stop`, { actor, reason });
      say(answer.message);
      again();
    },
  });
}

channels.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const row = button?.closest("tr[data-run]");
  if (!row) return;
  if (button.dataset.move) move(row, button.dataset.move);
  else if ("cancel" in button.dataset) takeOut(row);
});

channels.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const row = event.target.closest("tr.movable");
  if (!row) return;
  event.preventDefault();
  move(row, event.key === "ArrowUp" ? "earlier" : "later");
});

channels.addEventListener("htmx:load", showRefusal);
listen(document.getElementById("prompts"), (message) => {
  say(message);
  again();
});
calendar(document.getElementById("calendar"));

keepTrue("queue");
