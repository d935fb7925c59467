/* The page of a run: what each part needs, and who tells whom. */
import "../times.js";
import { follow } from "../live.js";
import { followHead } from "./head.js";
import { Marks } from "./marks.js";
import { bindNotes } from "./notes.js";
import { bindOrders } from "./orders.js";
import { RecordPlot } from "./record_plot.js";
import { bindResults } from "./results.js";
import { bindSections } from "./sections.js";

const article = document.getElementById("run");
const run = {
  id: Number(article.dataset.run),
  cell: article.dataset.cell,
  mass_g: Number(article.dataset.massG) || null,
  ended: article.dataset.ended === "yes",
};
run.api = `/api/v1/runs/${run.id}`;

const marks = new Marks(run);
const plot = new RecordPlot(run, marks);
marks.onJump = (time_s) => plot.lookAt(time_s);
const whenShown = plot.show();
const sections = bindSections(run);
const results = bindResults(run);
bindNotes(run);
bindOrders(run);
whenShown.then(() => marks.load());

let known = null;
follow(`run/${run.id}`, (rows) => {
  const head = rows.get("run");
  if (head) followHead(run, head, rows.get("orders"));
  const data = rows.get("data");
  if (!data) return;
  if (known) {
    if (data.end_s !== known.end_s) plot.grow(data.end_s);
    if (data.event !== known.event || data.alarm !== known.alarm) marks.load();
    if (data.cycles !== known.cycles) sections.again("cycles");
    if (data.analyses !== known.analyses) {
      results.load();
      sections.again("figures");
    }
  } else if (plot.end_s !== null && data.end_s > plot.end_s) {
    plot.grow(data.end_s);
  }
  known = data;
});
