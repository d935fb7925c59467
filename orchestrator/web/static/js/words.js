/* What scripts say, in the language of the page: t("text {name}", {name: …}). English is the key. */
const language = document.documentElement.lang;
let words = {};
if (language !== "en") {
  try {
    words = await (await fetch(`/words/${language}.json`)).json();
  } catch {
    /* English, then */
  }
}

export function t(text, values = {}) {
  return (words[text] || text).replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}
