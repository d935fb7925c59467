/* <time data-unix="…"> as the reader's own zone and language have it, also where a fragment came later. */
import { moment } from "./format.js";

function tell(root) {
  for (const node of root.querySelectorAll("time[data-unix]")) {
    const when = new Date(Number(node.dataset.unix) * 1000);
    node.textContent = moment(when.getTime() / 1000);
    node.title = when.toLocaleString(document.documentElement.lang);
  }
}

tell(document);
document.addEventListener("htmx:load", (event) => tell(event.detail.elt));
