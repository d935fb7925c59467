/* Saving a version; and what is to be done where somebody else has saved one meanwhile. */
import { Refused, api } from "../api.js";
import { ask, element } from "../dialog.js";
import { moment } from "../format.js";
import { t } from "../words.js";

const newer = document.getElementById("newer");

function link(href, text) {
  return element("a", { href, target: "_blank", rel: "noopener" }, text);
}

/* The newest version of a name; null where there is none. */
export async function newestOf(name) {
  const found = await api("GET", `/api/v1/protocols/versions?limit=1&name=${encodeURIComponent(name)}`);
  return found.items[0] || null;
}

/* Says whose version there is; agree() is called where the author has seen it and wants to save all the same. */
export function tellNewer(newest, parent, agree = null) {
  const who = { number: newest.version, who: newest.created_by || "–", when: moment(newest.created_unix_s) };
  const parts = [element("p", {}, t("Meanwhile there is version {number} of this name, stored by {who}, {when}.", who))];
  const row = element("div", { class: "row" }, link(`/protocols/${newest.sha256}`, t("Look at it")));
  if (parent) row.append(link(`/protocols/difference?old=${parent}&new=${newest.sha256}`, t("What it changed")));
  if (agree) {
    const button = element("button", { type: "button" }, t("Save mine as the next version all the same …"));
    button.addEventListener("click", () => agree(newest.sha256));
    row.append(button);
  }
  newer.replaceChildren(...parts, row);
  newer.hidden = false;
}

/* Asks for a note and saves. Resolves to the stored version, or null. conflict() is called on a newer version. */
export async function saveVersion({ source, parent, newestKnown, name, conflict }) {
  let refused = false;
  const note = element("label", { class: "field" }, t("What was changed, and why"), element("input", { name: "note", maxlength: "500", autocomplete: "off" }));
  const stored = await ask({
    title: t("Save {name} as a version?", { name }),
    lines: [t("Nothing is started. Versions that there are stay as they are.")],
    verb: t("Save version"),
    extra: note,
    act: async ({ actor, note: written }) => {
      const body = { source, note: written, actor, parent: parent || null, newest_known: newestKnown || null };
      try {
        return await api("POST", "/api/v1/protocols", body);
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 409) throw error;
        refused = true;
        return null;
      }
    },
  });
  if (refused) await conflict();
  return stored && stored.sha256 ? stored : null;
}
