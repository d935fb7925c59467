/* The list of campaigns keeps true what it shows. */
import { follow } from "../live.js";

let whole = true;
follow("queue", (rows, changed, gone) => {
  const concerned = [...changed, ...gone].some((key) => key.startsWith("campaign/") || key.startsWith("job/"));
  if (!whole && concerned) document.body.dispatchEvent(new CustomEvent("again"));
  whole = false;
});
