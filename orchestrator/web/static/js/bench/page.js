/* The bench: what the server has drawn is kept true, card by card. */
import { age } from "../format.js";
import { follow, labNow, onPulse } from "../live.js";
import { t } from "../words.js";
import { makeCard, showCard, showDoubt } from "./card.js";
import { showChamber } from "./chamber.js";
import { shows, watchFilter } from "./filter.js";
import { settle, showKeys, watchKeys } from "./keys.js";

const RARE = new Set(["foreign", "tripped", "unknown"]);
const grid = document.getElementById("channels");
const chambers = document.getElementById("chambers");
const shownLine = document.getElementById("bench-shown");
const none = document.getElementById("bench-none");
const counts = new Map([...document.querySelectorAll(".bench-count")].map((button) => [button.dataset.state, button.firstElementChild]));
const cards = new Map([...grid.children].map((card) => [card.dataset.key, card]));
const chamberCards = new Map(chambers ? [...chambers.children].map((card) => [card.dataset.key, card]) : []);
let rows = new Map();
let chamberRows = new Map();
let doubtful = false;

function cardOf(key) {
  if (!cards.has(key)) {
    const card = makeCard(key);
    cards.set(key, card);
    grid.append(card);
  }
  return cards.get(key);
}

function tell(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

function count() {
  const found = Object.fromEntries([...counts.keys()].map((group) => [group, 0]));
  for (const row of rows.values()) {
    found[row.group] += 1;
    if (row.attention) found.attention += 1;
  }
  for (const row of chamberRows.values()) if (row.attention) found.attention += 1;
  for (const [group, node] of counts) {
    tell(node, String(found[group]));
    if (RARE.has(group)) node.parentElement.hidden = found[group] === 0;
  }
}

function filter(keys) {
  for (const key of keys) {
    const hidden = !shows(rows.get(key));
    if (cards.get(key).hidden !== hidden) cards.get(key).hidden = hidden;
  }
  const shown = [...cards.values()].filter((card) => !card.hidden).length;
  tell(shownLine, t("{shown} of {all} channels are shown", { shown, all: cards.size }));
  shownLine.hidden = shown === cards.size;
  none.hidden = cards.size > 0;
  settle(grid);
}

function tellAge(card, now) {
  const node = card.querySelector(".age");
  tell(node, node.dataset.seen === undefined ? "" : age(now - Number(node.dataset.seen)));
}

function tellAges(keys = cards.keys()) {
  const now = labNow();
  if (now === null) return;
  for (const key of keys) tellAge(cards.get(key), now);
  for (const card of chamberCards.values()) tellAge(card, now);
}

follow("bench", (all, changed, gone) => {
  rows = all;
  for (const key of gone) {
    cards.get(key)?.remove();
    cards.delete(key);
  }
  for (const key of changed) {
    showCard(cardOf(key), rows.get(key));
    if (doubtful) showDoubt(cards.get(key), true);
  }
  filter(changed);
  count();
  tellAges(changed);
});

if (chambers) {
  follow("chambers", (all, changed) => {
    chamberRows = all;
    for (const key of changed) if (chamberCards.has(key)) showChamber(chamberCards.get(key), all.get(key));
    count();
  });
}

onPulse((state) => {
  if (state.lost !== doubtful) {
    doubtful = state.lost;
    for (const card of [...cards.values(), ...chamberCards.values()]) showDoubt(card, doubtful);
  }
  tellAges();
});

watchFilter(() => filter(rows.keys()));
watchKeys(grid, document.getElementById("bench-text"), document.getElementById("bench-all"));
document.getElementById("bench-keys").addEventListener("click", showKeys);
settle(grid);
