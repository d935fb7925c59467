"use strict";

/* Before anything is drawn, so that a dark page never flashes white. */
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  /* a browser that keeps nothing: what the system says */
}
