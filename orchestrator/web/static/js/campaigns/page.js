/* The page of one campaign: steering it, prompts, its calendar, and keeping true what it shows. */
import { api } from "../api.js";
import { ask } from "../dialog.js";
import { calendar } from "../queue/calendar.js";
import "../queue/keep_open.js";
import { again, keepTrue } from "../queue/keep_true.js";
import { listen } from "../queue/prompts.js";
import { t } from "../words.js";

const root = document.getElementById("campaign");
const said = document.getElementById("said");
const { campaign, name } = root.dataset;

function words(order, runs) {
  if (order === "pause") {
    return [t("Pause campaign {name}?", { name }), t("Its runs are paused as soon as their channels can, and nothing more begins until it is resumed."), t("Pause")];
  }
  if (order === "resume") return [t("Resume campaign {name}?", { name }), t("Its runs go on, and what waits begins when its turn comes."), t("Resume")];
  return [t("Stop campaign {name}?", { name }), t("Its {runs} runs end at open circuit and nothing more begins. It cannot be resumed, only started again.", { runs }), t("Stop")];
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-order]");
  if (!button) return;
  const order = button.dataset.order;
  const [title, line, verb] = words(order, button.dataset.runs);
  ask({
    title,
    lines: [line],
    verb,
    danger: order === "stop",
    reason: "optional",
    act: async ({ actor, reason }) => {
      const answer = await api("POST", `/api/v1/campaigns/${campaign}/${order}`, { actor, reason });
      said.textContent = answer.message;
      again();
    },
  });
});

listen(document.getElementById("prompts"), (message) => {
  said.textContent = message;
  again();
});
calendar(document.getElementById("calendar"));

keepTrue(`campaign/${campaign}`);
