/* The text: line numbers, marks at lines, and a Tab key that does not hold anybody captive. */
const INDENT = "  ";

export class TextArea {
  constructor(area, gutter, marks) {
    this.area = area;
    this.gutter = gutter;
    this.marks = marks;
    this.lines = 0;
    this.findings = new Map(); // line → {severity, text}
    this.leaving = false; // Escape was pressed: the next Tab leaves
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => (this.leaving = false));
    area.addEventListener("input", () => this.number());
    area.addEventListener("scroll", () => this.place());
    gutter.addEventListener("click", (event) => {
      const line = [...gutter.children].indexOf(event.target) + 1;
      if (line > 0) this.goTo(line);
    });
    this.number();
  }

  get text() {
    return this.area.value;
  }

  /* All of it, as if it had been typed: it can be taken back. */
  replace(text) {
    this.area.focus();
    this.area.select();
    this.insert(text);
    this.area.setSelectionRange(0, 0);
    this.area.scrollTop = 0;
  }

  insert(text) {
    if (document.execCommand("insertText", false, text)) return; // the only way that the browser can undo
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.dispatchEvent(new Event("input"));
  }

  goTo(line) {
    const before = this.text.split("\n").slice(0, line - 1);
    const start = before.reduce((length, one) => length + one.length + 1, 0);
    const end = this.text.indexOf("\n", start);
    this.area.focus();
    this.area.setSelectionRange(start, end < 0 ? this.text.length : end);
    this.area.scrollTop = Math.max((line - 5) * this.lineHeight, 0);
  }

  mark(findings) {
    this.findings = new Map();
    for (const { line, severity, text } of findings) {
      if (line === null) continue;
      const known = this.findings.get(line);
      const worse = known?.severity === "error" ? "error" : severity;
      this.findings.set(line, { severity: worse, text: known ? `${known.text}\n${text}` : text });
    }
    this.drawNumbers();
  }

  get lineHeight() {
    return parseFloat(getComputedStyle(this.area).lineHeight);
  }

  number() {
    const lines = this.text.split("\n").length;
    if (lines === this.lines) return;
    this.lines = lines;
    this.drawNumbers();
  }

  drawNumbers() {
    const numbers = [];
    for (let line = 1; line <= this.lines; line += 1) {
      const number = document.createElement("span");
      number.textContent = line;
      const found = this.findings.get(line);
      if (found) {
        number.className = found.severity;
        number.title = found.text;
      }
      numbers.push(number);
    }
    this.gutter.replaceChildren(...numbers);
    this.place();
  }

  /* Numbers and marks follow the text. */
  place() {
    const { scrollTop } = this.area;
    this.gutter.scrollTop = scrollTop;
    const top = parseFloat(getComputedStyle(this.area).paddingTop);
    const bars = [];
    for (const [line, { severity }] of this.findings) {
      const bar = document.createElement("div");
      bar.className = severity;
      bar.style.top = `${top + (line - 1) * this.lineHeight - scrollTop}px`;
      bars.push(bar);
    }
    this.marks.replaceChildren(...bars);
  }

  key(event) {
    if (event.key === "Escape") {
      this.leaving = true;
      return;
    }
    if (event.key !== "Tab") {
      if (event.key !== "Shift") this.leaving = false;
      return;
    }
    if (this.leaving || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end } = this.area;
    if (!event.shiftKey && !this.text.slice(start, end).includes("\n")) {
      const column = start - (this.text.lastIndexOf("\n", start - 1) + 1);
      this.insert(" ".repeat(INDENT.length - (column % INDENT.length)));
      return;
    }
    this.shift(start, end, event.shiftKey);
  }

  /* All lines of the selection, one step in or out. */
  shift(start, end, out) {
    const from = this.text.lastIndexOf("\n", start - 1) + 1;
    const found = this.text.indexOf("\n", Math.max(end - 1, from));
    const to = found < 0 ? this.text.length : found;
    const block = this.text.slice(from, to);
    const changed = out ? block.replace(/^ {1,2}/gm, "") : block.replace(/^(?=.)/gm, INDENT);
    if (changed === block) return;
    this.area.setSelectionRange(from, to);
    this.insert(changed);
    this.area.setSelectionRange(from, from + changed.length);
  }
}
