/* Arrow keys over the grid: one card at a time can be reached with Tab, and within it all of its links. */
import { element } from "../dialog.js";
import { t } from "../words.js";

const KEYS = [
  ["← ↑ → ↓", "from channel to channel"],
  ["Home, End", "first and last channel"],
  ["Enter", "open the run, or start one on a free channel"],
  ["c", "open the cell"],
  ["/", "find"],
  ["Esc", "show all channels again"],
  ["?", "these keys"],
];

let current = null;

function links(card) {
  return card.querySelectorAll("a");
}

function enter(card) {
  if (current && current !== card) for (const link of links(current)) link.tabIndex = -1;
  current = card;
  for (const link of links(card)) link.tabIndex = 0;
}

function columns(grid) {
  return getComputedStyle(grid).gridTemplateColumns.split(" ").length;
}

function goal(grid, cards, index, key) {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(grid), ArrowDown: columns(grid) }[key];
  if (step !== undefined) return cards[index + step];
  return { Home: cards[0], End: cards[cards.length - 1] }[key];
}

/* After cards have come, gone or been hidden: Tab must reach one of those that are left. */
export function settle(grid) {
  const stays = current && current.isConnected && !current.hidden;
  const card = stays ? current : grid.querySelector("li:not([hidden])");
  if (card) enter(card);
}

export function showKeys() {
  const list = element("dl", { class: "facts" });
  for (const [key, text] of KEYS) list.append(element("dt", {}, element("kbd", {}, key)), element("dd", {}, t(text)));
  const close = element("button", { type: "submit" }, t("Close"));
  const form = element("form", { method: "dialog" }, element("h2", { id: "keys-title" }, t("Keys")), list, element("div", { class: "actions" }, close));
  const dialog = element("dialog", { "aria-labelledby": "keys-title" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function onGrid(grid, event) {
  const card = event.target.closest("li");
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "c") card.querySelector(".channel-what a")?.click();
  const cards = [...grid.querySelectorAll("li:not([hidden])")];
  const next = goal(grid, cards, cards.indexOf(card), event.key);
  if (next === undefined) return;
  event.preventDefault();
  enter(next);
  next.querySelector(".channel-name").focus();
}

function onPage(field, all, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const writing = event.target.matches("input, textarea, select");
  if (event.key === "/" && !writing) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "?" && !writing) {
    event.preventDefault();
    showKeys();
  } else if (event.key === "Escape" && (!writing || event.target === field)) {
    all.click();
  }
}

export function watchKeys(grid, field, all) {
  grid.addEventListener("keydown", (event) => onGrid(grid, event));
  grid.addEventListener("focusin", (event) => {
    const card = event.target.closest("li");
    if (card) enter(card);
  });
  document.addEventListener("keydown", (event) => onPage(field, all, event));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    grid.querySelector("li:not([hidden]) .channel-name")?.focus();
  });
}
