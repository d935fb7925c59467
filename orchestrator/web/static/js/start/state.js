/* What was entered on the page; it survives a reload of the tab, and goes with the tab. */
const KEY = "cellbench-start";
const EMPTY = {
  cell: "",
  bench: "",
  placements: [], // {cell, bench}
  shown: 0, // of which of them the plan is shown
  choice: "", // a name of the library, the hash of a version, or "file"
  file: null, // {name, source}
  parameters: {}, // what differs from the defaults
  parametersOf: "", // name of the protocol that they belong to
  formed: false,
  newCell: null, // {id, fields}
  launched: [], // {run_id, message}
};

function load() {
  try {
    return { ...structuredClone(EMPTY), ...JSON.parse(sessionStorage.getItem(KEY) || "{}") };
  } catch {
    return structuredClone(EMPTY);
  }
}

export const state = load();

export function save() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    /* a browser that keeps nothing, or a very long file: the page works, and a reload begins anew */
  }
}

export function forget() {
  Object.assign(state, structuredClone(EMPTY));
  save();
}

/* The protocol as requests name it; null: none is chosen. */
export function chosenProtocol() {
  if (state.choice === "file") return state.file && { protocol: state.file.name, source: state.file.source };
  return state.choice ? { protocol: state.choice } : null;
}
