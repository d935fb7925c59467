/* Oneself: log out, change the password, make and revoke tokens. */
import { Refused, api } from "./api.js";
import { ask, element } from "./dialog.js";
import { revokes, submits } from "./people_forms.js";
import { t } from "./words.js";

document.getElementById("log-out").addEventListener("click", async () => {
  await api("DELETE", "/api/v1/session");
  window.location.assign("/login");
});

document.getElementById("log-out-everywhere").addEventListener("click", async () => {
  const done = await ask({
    title: t("Log out everywhere?"),
    lines: [t("In every browser you log in anew. Tokens stay as they are.")],
    verb: t("Log out everywhere"),
    act: () => api("DELETE", "/api/v1/session?everywhere=true"),
  });
  if (done !== null) window.location.assign("/login");
});

submits(document.getElementById("password"), async ({ old_password, new_password, again }) => {
  if (new_password !== again) throw new Refused(0, [t("The new password is not twice the same.")]);
  await changePassword({ old_password, new_password });
  window.location.assign("/login?back=/me");
});

/* 401 is the answer to a wrong present password, too: nobody is sent to the login for that. */
async function changePassword(body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.documentElement.dataset.csrf };
  const answer = await fetch("/api/v1/session/password", { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.ok) return;
  if (answer.status === 401) throw new Refused(401, [t("The present password is not right.")]);
  throw new Refused(answer.status, (await answer.json()).problems);
}

/* The secret is in this answer and nowhere else. */
function show(made) {
  const secret = element("input", { readonly: true, value: made.secret, class: "secret", "aria-label": t("Token") });
  const copy = element("button", { type: "button" }, t("Copy"));
  copy.addEventListener("click", async () => {
    secret.select();
    await navigator.clipboard?.writeText(made.secret);
    copy.textContent = t("Copied");
  });
  return ask({
    title: t("Token “{label}”", { label: made.label }),
    lines: [t("It is shown this once and kept nowhere. The command line takes it from CELLBENCH_TOKEN.")],
    verb: t("I have it"),
    extra: element("div", { class: "row" }, secret, copy),
    name: "none",
    act: () => true,
  });
}

submits(document.getElementById("new-token"), async ({ label, role, days }) => {
  await show(await api("POST", "/api/v1/tokens", { label, role, days: Number(days) }));
  window.location.reload();
});
revokes();
