/* Pictures of the analyses' results, as a report has them. */
import { api } from "../api.js";
import { t } from "../words.js";

export async function show(run, node, drawing) {
  drawing.setAttribute("aria-busy", "true");
  try {
    const figures = await api("GET", `/runs/${run.id}/figures`);
    if (figures.length) drawing.replaceChildren(...figures.map(figureOf));
    else drawing.textContent = t("Nothing here can be drawn: there is no complete cycle, and no result of an analysis.");
  } finally {
    drawing.removeAttribute("aria-busy");
  }
}

function figureOf({ title, caption, address }) {
  const made = document.createElement("figure");
  const image = document.createElement("img");
  image.src = address;
  image.alt = title;
  const words = document.createElement("figcaption");
  const name = document.createElement("b");
  name.textContent = `${title}.`;
  words.append(name, ` ${caption}`);
  made.append(image, words);
  return made;
}
