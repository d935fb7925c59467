/* Asking before something is done. */
import { needsActor, rememberActor, rememberedActor } from "./api.js";
import { t } from "./words.js";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function field(name, label, attributes) {
  return element("label", { class: "field" }, label, element("input", { name, autocomplete: "off", ...attributes }));
}

/* Shows the lines and asks; act({reason, actor}) is called with what was entered. The dialog stays while it works, and
   stays with the words of the refusal where it was refused. Where nobody logs in, a name is asked for. Resolves to what
   act returned, or null where nobody agreed. */
export function ask({ title, lines = [], verb, danger = false, reason = "none", name = "required", extra = null, act }) {
  return new Promise((resolve) => {
    const problem = element("p", { class: "problem", role: "alert" });
    const agree = element("button", { type: "submit", class: danger ? "danger" : "primary" }, verb);
    const leave = element("button", { type: "button", value: "leave" }, t("Cancel"));
    const form = element("form", { method: "dialog" }, element("h2", { id: "dialog-title" }, title));
    for (const line of lines) form.append(element("p", {}, line));
    if (extra) form.append(extra);
    if (needsActor && name !== "none") form.append(field("actor", t("Your name"), { required: name === "required", maxlength: "64", value: rememberedActor() }));
    if (reason !== "none") {
      form.append(field("reason", t("Reason"), { required: reason === "required", maxlength: "200" }));
    }
    form.append(problem, element("div", { class: "actions" }, leave, agree));
    const dialog = element("dialog", { "aria-labelledby": "dialog-title" }, form);
    let result = null;
    leave.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.textContent = "";
      agree.disabled = true;
      const entered = Object.fromEntries(new FormData(form));
      if (entered.actor) rememberActor(entered.actor);
      try {
        result = (await act({ actor: "", reason: "", ...entered })) ?? true;
        dialog.close();
      } catch (error) {
        problem.textContent = error.message;
        agree.disabled = false;
      }
    });
    document.body.append(dialog);
    dialog.showModal();
    if (name === "optional") agree.focus(); // in a hurry
  });
}

export { element };
