/* Parts of the page that ask for their data when they are opened, and again when there is more. */
import { t } from "../words.js";

const LOADERS = {
  cycles: () => import("./cycles.js"),
  spectra: () => import("./spectra.js"),
  voltammograms: () => import("./voltammograms.js"),
  figures: () => import("./figures.js"),
};

export function bindSections(run) {
  const parts = new Map();
  for (const node of document.querySelectorAll("details[data-part]")) {
    const loader = LOADERS[node.dataset.part];
    if (!loader) continue;
    const part = { node, loader, stale: true, busy: false };
    parts.set(node.dataset.part, part);
    node.addEventListener("toggle", () => refresh(run, part));
    if (node.open) refresh(run, part);
  }
  window.addEventListener("theme", () => {
    for (const part of parts.values()) {
      part.stale = true;
      refresh(run, part);
    }
  });
  return {
    again(name) {
      const part = parts.get(name);
      if (!part) return;
      part.stale = true;
      refresh(run, part);
    },
  };
}

async function refresh(run, part) {
  if (!part.node.open || !part.stale || part.busy) return;
  part.busy = true;
  part.stale = false;
  const drawing = part.node.querySelector(".drawing");
  try {
    const { show } = await part.loader();
    await show(run, part.node, drawing);
  } catch (error) {
    const problem = document.createElement("p");
    problem.className = "problem";
    problem.textContent = error.message || t("it could not be read");
    drawing.replaceChildren(problem);
  } finally {
    part.busy = false;
  }
  refresh(run, part); /* there may be more by now */
}
