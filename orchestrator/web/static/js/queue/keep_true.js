/* Parts of the page are loaded anew when what they show has changed: also when that was before anybody followed it. */
import { follow } from "../live.js";

export function again() {
  document.body.dispatchEvent(new CustomEvent("again"));
}

/* Prompts are left alone where they have not changed: somebody may be scanning. */
export function keepTrue(topic) {
  follow(topic, (rows, changed, gone) => {
    again();
    const asked = [...rows.keys()].filter((key) => key.startsWith("prompt/")).length;
    const others = [...changed, ...gone].some((key) => key.startsWith("prompt/"));
    const first = changed.length === rows.size && gone.length === 0;
    if (first ? asked !== document.querySelectorAll("section.prompt").length : others) {
      document.body.dispatchEvent(new CustomEvent("again-prompts"));
    }
  });
}
