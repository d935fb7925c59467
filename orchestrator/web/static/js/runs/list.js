/* Times in the reader's own zone; the list itself is as the server wrote it. */
import "../times.js";

for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
/* An address without empty parts: /runs?state=running, not /runs?cell=&protocol=&state=running */
document.querySelector(".filters").addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});
