/* One chamber's card. The server has drawn it: the lab file names the chambers. */
import { t } from "../words.js";

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function holderText(row) {
  if (row.holder) return t("held by {holder}", { holder: row.holder });
  return row.runs ? t("{n} running inside, nobody sets it", { n: row.runs }) : t("nobody holds it");
}

function noteText(row) {
  if (row.waiting_for) return row.waiting_for;
  return row.note ? t(row.note) + (row.detail ? `: ${row.detail}` : "") : "";
}

export function showChamber(card, row) {
  card.classList.toggle("attention", row.attention);
  const badge = card.querySelector(".channel-state");
  const age = card.querySelector(".age");
  const [process, setPoint] = card.querySelector(".channel-values").children;
  card.dataset.state = row.state;
  badge.className = `badge ${row.state} live-value channel-state`;
  say(badge, t(row.state));
  if (row.observed_unix_s === null) delete age.dataset.seen;
  else age.dataset.seen = row.observed_unix_s;
  say(process, row.process || "–");
  say(setPoint, t("set point {temperature}", { temperature: row.set_point || "–" }));
  say(card.querySelector(".chamber-holder"), holderText(row));
  say(card.querySelector(".channel-note"), noteText(row));
}
