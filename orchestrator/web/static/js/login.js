/* Sends name and password as JSON, so that no other site's form can; what is wrong stands below the form. */
import { t } from "./words.js";

const form = document.getElementById("login");
const problem = document.getElementById("problem");

async function refusal(answer) {
  const wait_s = Number(answer.headers.get("Retry-After"));
  if (wait_s > 0) return t("Too many failed logins; try again in {n} min.", { n: Math.ceil(wait_s / 60) });
  if (answer.status === 401) return t("Name or password is wrong.");
  try {
    return (await answer.json()).detail;
  } catch {
    return answer.statusText;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.textContent = "";
  const body = JSON.stringify({ name: form.elements.name.value, password: form.elements.password.value });
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/api/v1/session", { method: "POST", headers, body });
    if (answer.ok) {
      window.location.replace(form.dataset.back); // the service has seen to it that it is a page of its own
      return;
    }
    problem.textContent = await refusal(answer);
  } catch {
    problem.textContent = t("The service does not answer.");
  }
  form.elements.password.value = "";
  form.elements.password.focus();
});
