/* Stops everything. It needs neither the WebSocket nor a name, and says what became of it. */
import { Refused, api, needsActor } from "./api.js";
import { ask, element } from "./dialog.js";
import { t } from "./words.js";

const SLOW_MS = 3000;
const LOOK_EVERY_MS = 2000;
const LOOKS = 60;
const PATIENCE = 8;
const outcome = document.getElementById("stop-outcome");

function withoutService() {
  return t("Without the service: run “cellbench stop --all” on the lab's computer, or write a file named STOP into the folder of the lab file, or stop at the instruments themselves.");
}

function say(text, done) {
  const close = element("button", { type: "button" }, t("Close"));
  close.addEventListener("click", () => (outcome.hidden = true));
  outcome.replaceChildren(element("span", {}, text), " ", close);
  outcome.classList.toggle("done", done);
  outcome.hidden = false;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function watch(ordered) {
  for (let look = 1; look <= LOOKS; look += 1) {
    let left;
    try {
      left = (await api("GET", "/api/v1/runs?active=true&limit=1")).total;
    } catch (error) {
      say(t("Stop is ordered. How far it has come cannot be seen: {problem}", { problem: error.message }) + " " + withoutService(), false);
      return;
    }
    if (left === 0) {
      say(t("Stopped: no run is on any more. Runs that were told to stop: {n}.", { n: ordered }), true);
      return;
    }
    const late = look >= PATIENCE ? " " + t("Nothing is stopped while no node runs or an instrument does not answer.") + " " + withoutService() : "";
    say(t("Stop is ordered. Runs that were told to stop: {n}; not seen to have ended yet: {left}.", { n: ordered, left }) + late, false);
    await pause(LOOK_EVERY_MS);
  }
}

async function order({ actor, reason }, slow) {
  const timer = setTimeout(() => (slow.textContent = t("The service has not answered yet.") + " " + withoutService()), SLOW_MS);
  try {
    return await api("POST", "/api/v1/stop-all", { actor: actor || (needsActor ? t("somebody at this page") : ""), reason });
  } catch (error) {
    if (error instanceof Refused) throw new Refused(error.status, [...error.problems, withoutService()]);
    throw error;
  } finally {
    clearTimeout(timer);
    slow.textContent = "";
  }
}

document.getElementById("stop-all").addEventListener("click", async () => {
  const slow = element("p", { class: "problem", role: "status" });
  const answers = await ask({
    title: t("Stop all tests?"),
    lines: [t("Every run on every instrument ends at open circuit, and every campaign stops. None goes on by itself.")],
    verb: t("Stop all"),
    danger: true,
    reason: "optional",
    name: "optional",
    extra: slow,
    act: (entered) => order(entered, slow),
  });
  if (answers === null) return;
  if (answers.length === 0) say(t("No run was on; nothing had to be stopped."), true);
  else await watch(answers.length);
});
