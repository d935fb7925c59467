/* What is wrong with the text, as a list from which one jumps to the line. */
import { element } from "../dialog.js";
import { t } from "../words.js";

const list = document.getElementById("findings");
const told = document.getElementById("check-told");

function say(text) {
  if (told.textContent !== text) told.textContent = text;
}

function where({ severity, line }) {
  if (line === null) return severity === "error" ? t("Error") : t("Warning");
  return severity === "error" ? t("Error in line {line}", { line }) : t("Warning in line {line}", { line });
}

export function showFindings(findings, goTo) {
  const errors = findings.filter((one) => one.severity === "error").length;
  if (!findings.length) say(t("Nothing is wrong with it."));
  else if (errors) say(t("{count} wrong:", { count: errors }));
  else say(t("It can be used; probably not meant, {count}:", { count: findings.length }));
  list.replaceChildren(
    ...findings.map((one) => {
      const jump = element("button", { type: "button" }, element("span", { class: "where" }, where(one)), ` ${one.text}`);
      jump.addEventListener("click", () => goTo(one.line ?? 1));
      return element("li", { class: one.severity }, jump);
    }),
  );
}

export function tellNoCheck(text) {
  say(text);
  list.replaceChildren();
}
