/* Who may log in: what an admin changes goes through the API, and the page is loaded anew. */
import { api } from "./api.js";
import { ask, element } from "./dialog.js";
import { revokes, submits } from "./people_forms.js";
import { t } from "./words.js";

const users = document.getElementById("users");
const problem = document.getElementById("problem");

function change(name, body) {
  return api("PATCH", `/api/v1/users/${encodeURIComponent(name)}`, body);
}

async function asked(question) {
  if ((await ask(question)) !== null) window.location.reload();
}

function newPassword(name) {
  const input = element("input", { name: "password", type: "password", required: true, minlength: "10", maxlength: "200", autocomplete: "new-password" });
  asked({
    title: t("New password for {name}", { name }),
    lines: [t("All sessions of {name} end. Tell the password in person; it can be changed at once under the own name.", { name })],
    verb: t("Set the password"),
    extra: element("label", { class: "field" }, t("New password"), input),
    name: "none",
    act: ({ password }) => change(name, { password }),
  });
}

function disable(name) {
  asked({
    title: t("Disable {name}?", { name }),
    lines: [t("{name} can no longer log in: sessions end and tokens are revoked, at once.", { name })],
    verb: t("Disable"),
    danger: true,
    act: () => change(name, { disabled: true }),
  });
}

users.addEventListener("click", async (event) => {
  const { passwordOf, disable: shut, enable } = event.target.dataset;
  if (passwordOf) newPassword(passwordOf);
  else if (shut) disable(shut);
  else if (enable) {
    problem.textContent = "";
    try {
      await change(enable, { disabled: false });
      window.location.reload();
    } catch (error) {
      problem.textContent = error.message;
    }
  }
});

users.addEventListener("change", async (event) => {
  const { roleOf, before } = event.target.dataset;
  if (!roleOf) return;
  const role = event.target.value;
  const done = await ask({
    title: t("Make {name} {role}?", { name: roleOf, role: t(role) }),
    lines: [t("It holds from that person's next request on.")],
    verb: t("Change the role"),
    act: () => change(roleOf, { role }),
  });
  if (done === null) event.target.value = before;
  else window.location.reload();
});

submits(document.getElementById("new-user"), async (entered) => {
  await api("POST", "/api/v1/users", entered);
  window.location.reload();
});
revokes();
