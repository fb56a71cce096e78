// Every step of one runner in numbers. Folded away it costs nothing; unfolded, only the rows in sight are made.
import { number } from "../descent-lab.canvas/draw.js";
import { byPointer } from "../descent-lab.canvas/keys.js";
import { name } from "../descent-lab.canvas/transport.js";

const ROW = 24; // pixels, as in the style sheet
const SPARE = 12; // rows that are made above and below those in sight

const element = (tag, parent, fields = {}) => parent.appendChild(Object.assign(document.createElement(tag), fields));

export class Steps {
  constructor(box, stage) {
    this.box = box;
    this.stage = stage;
    this.of = 0; // the runner, by number
    this.summary = element("summary", box);
    this.choice = element("select", box);
    this.scroller = element("div", box, { className: "dl-scroll", tabIndex: 0 });
    this.table = element("table", this.scroller);
    this.head = this.table.createTHead().insertRow();
    this.body = this.table.createTBody();
    box.addEventListener("toggle", () => this.opened());
    this.choice.addEventListener("change", () => {
      this.of = Number(this.choice.value);
      if (byPointer()) this.choice.blur();
      this.opened();
    });
    this.scroller.addEventListener("scroll", () => this.rows());
    this.body.addEventListener("click", (event) => {
      const step = event.target.closest("tr")?.dataset.step;
      if (step === undefined) return;
      stage.pause();
      stage.go(Number(step));
    });
  }

  /** What the update from each point used comes from the server, as long as the table is open. */
  opened() {
    const wanted = this.box.open ? this.of : null;
    if (wanted !== (this.stage.header.steps_of?.runner ?? null)) this.stage.reporter.report({ steps: wanted });
    this.draw();
  }

  /** Take the words, runners and numbers of a new header. */
  receive(header, arrays) {
    const { words, runners } = this.stage;
    const sent = header.steps_of;
    if (!this.known && sent) [this.of, this.box.open] = [sent.runner, true]; // left open when the page was left
    this.known = true;
    this.of = Math.min(this.of, Math.max(runners.length - 1, 0));
    this.summary.textContent = words.all_steps;
    this.box.hidden = !runners.length;
    this.choice.replaceChildren(...runners.map((runner, i) => new Option(runner.label, i, false, i === this.of)));
    name(this.choice, words.runner);
    this.scroller.setAttribute("aria-label", words.all_steps);
    const columns = [words.step, "x", "y", words.loss, words.rate, words.gradient_x, words.gradient_y];
    this.head.replaceChildren(...columns.map((text) => Object.assign(document.createElement("th"), { scope: "col", textContent: text })));
    const used = sent ? arrays.get(sent.used) : [];
    const length = used.length / 3;
    // Rate and gradient in x and y; unknown as long as the server has not answered who it is about.
    this.used = (i) => [0, 1, 2].map((k) => (sent?.runner === this.of && i < length ? used[k * length + i] : null));
    if (this.box.open) this.opened();
  }

  draw() {
    if (!this.box.open || !this.runner) return;
    this.table.setAttribute("aria-rowcount", this.runner.length + 1);
    this.shown = null;
    this.time();
    this.rows(true);
  }

  get runner() {
    return this.stage.runners[this.of];
  }

  /** Keep the step that the views show in sight. */
  time() {
    const step = Math.floor(this.stage.t);
    if (!this.box.open || !this.runner || step === this.shown) return;
    this.shown = step;
    const { scrollTop, clientHeight } = this.scroller;
    const top = step * ROW;
    if (top < scrollTop || top + 2 * ROW > scrollTop + clientHeight) this.scroller.scrollTop = top - clientHeight / 2;
    this.rows(true);
  }

  /** Make the rows in sight, with as much room above and below as the others would take. */
  rows(anew = false) {
    const { length } = this.runner;
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
    const last = Math.min(length, Math.ceil((scrollTop + clientHeight) / ROW) + SPARE);
    if (!anew && this.made?.join() === [first, last].join()) return;
    this.made = [first, last];
    const room = (rows) => {
      const row = document.createElement("tr");
      row.setAttribute("aria-hidden", "true");
      element("td", row, { colSpan: 7 }).style.height = `${rows * ROW}px`;
      row.className = "dl-room";
      row.hidden = !rows;
      return row;
    };
    const made = [];
    for (let i = first; i < last; i++) made.push(this.row(i));
    this.body.replaceChildren(room(first), ...made, room(length - last));
  }

  row(i) {
    const { runner } = this;
    const row = document.createElement("tr");
    row.dataset.step = i;
    row.setAttribute("aria-rowindex", i + 2);
    if (i === this.shown) row.setAttribute("aria-current", "step");
    element("th", row, { scope: "row", textContent: i });
    const used = runner.used?.(i) ?? this.used(i); // of a run that something held has changed, the browser knows it
    for (const value of [runner.x(i), runner.y(i), runner.f(i), ...used]) element("td", row, { textContent: number(value) });
    return row;
  }
}
