/* The page of alarms: acknowledging, trying whether people are told, and keeping true what it shows. */
import { api } from "./api.js";
import { ask } from "./dialog.js";
import { follow } from "./live.js";
import { t } from "./words.js";

const AGAIN_MS = 10_000;
let heard = false;

/* Loads what is wrong now again, unless somebody is just reading in it what was told to whom. */
function again() {
  document.body.dispatchEvent(new CustomEvent("again"));
}

function acknowledge(button) {
  const { acknowledge: path, about, trip, latched } = button.dataset;
  const lines = [about];
  if (trip) lines.push(t("This silences the alarm. What the trip holds back stays held back: acknowledge the trip itself below."));
  if (latched === "yes") lines.push(t("Whoever acknowledges it has looked at the cause. Runs may start there again; none goes on by itself."));
  return ask({
    title: latched === undefined ? t("Acknowledge the alarm?") : t("Acknowledge the trip?"),
    lines,
    verb: t("Acknowledge"),
    reason: "required",
    act: async ({ actor, reason }) => {
      await api("POST", `/api/v1/${path}`, { actor, reason });
      again();
    },
  });
}

function test() {
  return ask({
    title: t("Send a test message?"),
    lines: [t("Everybody whom the lab file names gets a message that says it is only a test. What comes of it stands in the history below.")],
    verb: t("Send"),
    act: async ({ actor }) => {
      await api("POST", "/api/v1/alarms/test", { actor });
      window.location.assign("/alarms#history");
      window.location.reload();
    },
  });
}

document.getElementById("present").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.acknowledge) acknowledge(button);
  else if (button?.id === "test-message") test();
});

follow("service", (rows, changed, gone) => {
  const concerned = [...changed, ...gone].some((key) => key.startsWith("alarm"));
  if (heard && concerned) again();
  heard = true;
});
setInterval(() => {
  if (!document.hidden && !document.querySelector("#present details[open]")) again();
}, AGAIN_MS);
