/* What the pages of people share: a form whose refusal stands below it, and revoking a token. */
import { api } from "./api.js";
import { ask } from "./dialog.js";
import { t } from "./words.js";

/* done(entered) is called with what was entered; what it throws stands in the form's own line. */
export function submits(form, done) {
  const problem = form.querySelector(".problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await done(Object.fromEntries(new FormData(form)));
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
}

export function revokes() {
  document.addEventListener("click", async (event) => {
    const { revoke, label } = event.target.dataset;
    if (!revoke) return;
    const done = await ask({
      title: t("Revoke the token?"),
      lines: [t("“{label}” ends at once; whatever program asks with it is refused.", { label })],
      verb: t("Revoke"),
      danger: true,
      act: () => api("DELETE", `/api/v1/tokens/${revoke}`),
    });
    if (done !== null) window.location.reload();
  });
}
