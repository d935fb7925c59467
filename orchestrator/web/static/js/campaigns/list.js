/* The list of campaigns keeps true what it shows. */
import { follow } from "../live.js";
import { again } from "../queue/keep_true.js";

follow("queue", (rows, changed, gone) => {
  if ([...changed, ...gone].some((key) => key.startsWith("campaign/") || key.startsWith("job/"))) again();
});
