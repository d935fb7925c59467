/* Printing: canvases keep the colours and the width in which they were drawn, so they are drawn anew for paper. */
const WIDTH = 680; /* of A4 upright between a browser's margins; wider paper has room left */
const root = document.documentElement;
let theme = null;

/* What plots have to be as wide as; null: as the page is. */
export let paperWidth = null;

/* Redraw, at once, for paper and for the screen again. */
export function onPaper(redraw) {
  window.addEventListener("beforeprint", redraw);
  window.addEventListener("afterprint", redraw);
}

window.addEventListener("beforeprint", () => {
  if (paperWidth !== null) return;
  paperWidth = WIDTH;
  theme = root.dataset.theme ?? null;
  root.dataset.theme = "light";
});

window.addEventListener("afterprint", () => {
  if (paperWidth === null) return;
  paperWidth = null;
  if (theme === null) delete root.dataset.theme;
  else root.dataset.theme = theme;
});
