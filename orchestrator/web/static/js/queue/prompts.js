/* What people are asked to do: the cell that is scanned says that it is done. Another cell's barcode is refused in words. */
import { api, rememberActor, rememberedActor } from "../api.js";
import { t } from "../words.js";

function fill(root) {
  for (const input of root.querySelectorAll("form.scan input[name=actor]")) {
    if (input.value === "") input.value = rememberedActor();
  }
}

async function confirm(form, done) {
  const problem = form.querySelector(".problem");
  const button = form.querySelector("button[type=submit]");
  const entered = Object.fromEntries(new FormData(form));
  const barcode = entered.barcode.trim();
  problem.textContent = "";
  if (entered.actor) rememberActor(entered.actor);
  button.disabled = true;
  try {
    const answer = await api("POST", `/api/v1/${form.dataset.path}`, { actor: entered.actor || "", barcode });
    form.querySelector("[name=barcode]").value = "";
    done(answer.message);
  } catch (error) {
    problem.textContent = error.message || t("nothing was confirmed");
    form.querySelector("[name=barcode]").select();
  } finally {
    button.disabled = false;
  }
}

/* done(message) after each confirmation. */
export function listen(root, done) {
  fill(root);
  root.addEventListener("htmx:load", () => fill(root));
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("form.scan")) return;
    event.preventDefault();
    confirm(event.target, done);
  });
}
