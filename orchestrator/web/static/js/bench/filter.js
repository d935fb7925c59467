/* Which channels are shown: in the form, in the address, in the buttons that count. */
const form = document.getElementById("bench-filter");
const buttons = [...document.querySelectorAll(".bench-count")];
const NAMES = ["q", "state", "instrument", "chamber"];

function value(name) {
  return form.elements[name]?.value.trim() || "";
}

export function shows(row) {
  const state = value("state");
  if (state && state !== row.group && !(state === "attention" && row.attention)) return false;
  const instrument = value("instrument");
  if (instrument && instrument !== row.instrument) return false;
  const chamber = value("chamber");
  if (chamber && chamber !== (row.chamber || "")) return false;
  const key = `${row.instrument}/${row.channel}`;
  const about = [row.name, key, row.cell, row.protocol, row.label, row.step, row.state].join(" ").toLowerCase();
  return value("q").toLowerCase().split(/\s+/).every((word) => about.includes(word));
}

function remember() {
  const query = new URLSearchParams();
  for (const name of NAMES) if (value(name)) query.set(name, value(name));
  const text = query.toString();
  document.getElementById("bench-all").hidden = text === "";
  window.history.replaceState(null, "", text ? `?${text}` : window.location.pathname);
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.state === value("state")));
}

export function clear() {
  for (const name of NAMES) if (form.elements[name]) form.elements[name].value = "";
}

/* changed() whenever something else is wanted. */
export function watchFilter(changed) {
  const told = () => {
    remember();
    changed();
  };
  form.addEventListener("input", told);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("bench-all").addEventListener("click", () => {
    clear();
    told();
  });
  for (const button of buttons) {
    button.addEventListener("click", () => {
      form.elements.state.value = value("state") === button.dataset.state ? "" : button.dataset.state;
      told();
    });
  }
}
