/* The table of channels, which the service draws anew every few seconds: what it knows, and what it shows. */
import { state } from "./state.js";

const box = document.getElementById("places");
const filter = document.getElementById("places-filter");
const options = document.getElementById("bench-options");

function rows() {
  return [...box.querySelectorAll("tr[data-place]")];
}

/* The name on the label for what was scanned or typed; null: there is no such channel. */
export function placeNamed(text) {
  const wanted = text.trim();
  const found = rows().filter((row) => row.dataset.place === wanted || row.dataset.channel === wanted);
  const near = found.length ? found : rows().filter((row) => row.dataset.place.toLowerCase() === wanted.toLowerCase());
  return near.length === 1 ? near[0].dataset.place : null;
}

function narrow() {
  const wanted = filter.value.trim().toLowerCase();
  for (const row of rows()) row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
}

/* What is in the table of pairs already is not taken twice. */
export function markTaken() {
  const taken = state.placements.map((one) => one.bench);
  for (const row of rows()) {
    const button = row.querySelector("button[data-take]");
    if (button) button.disabled = taken.includes(row.dataset.place);
  }
}

function drawn() {
  narrow();
  markTaken();
  options.replaceChildren(
    ...rows()
      .filter((row) => row.dataset.free === "yes")
      .map((row) => new Option(row.dataset.place, row.dataset.place)),
  );
}

/* take(name) when somebody takes a channel from the table. */
export function watchPlaces(take) {
  filter.addEventListener("input", narrow);
  box.addEventListener("htmx:afterSwap", drawn);
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-take]");
    if (button) take(button.dataset.take);
  });
  drawn();
}
