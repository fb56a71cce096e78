// What goes on inside, layer by layer: activations, gradients, dead neurons. Vanishing and exploding at one glance.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { fill, number, swatch } from "../descent-lab.canvas/draw.js";
import { element, write } from "./made.js";
import { percent } from "./panel.js";

const BARS = 50; // pixels of their height at least, as in the style sheet
const LABELLED = 56; // pixels of bars that have room for the ends of their axis
const WIDE = 620; // pixels from which a runner has its name beside its bars, and these their numbers
const VANISHED = 1e-3; // of the largest gradient norm of all layers: less than that hardly moves
const EXPLODED = 1e3; // a gradient norm beyond which no step is small

export class Layers {
  constructor(root, film) {
    Object.assign(this, { root, film });
    this.scroll = root.appendChild(element("div", "dl-scrolls"));
    this.scroll.tabIndex = 0;
    this.scroll.setAttribute("role", "region");
    this.table = this.scroll.appendChild(element("table"));
    this.cells = [];
  }

  receive() {
    const { film, table } = this;
    const { words, network } = film;
    this.scroll.setAttribute("aria-label", words.film_layers);
    this.drawn = null;
    this.wide = this.root.clientWidth > WIDE;
    const key = `${film.stamp} ${this.wide}`;
    if (key === this.built) return;
    this.built = key;
    const layers = network.parts.length;
    table.style.setProperty("--dl-count", layers);
    const head = element("tr");
    if (this.wide) head.append(element("td", "dl-first"));
    this.root.classList.toggle("dl-wide", this.wide);
    for (let l = 1; l <= layers; l++) {
      const title = l === layers ? words.film_outputs : words.film_hidden_layer.replace("{number}", l);
      head.append(Object.assign(element("th", "", title), { scope: "col" }));
    }
    const rows = [];
    this.cells = [];
    for (const runner of film.shown) {
      const name = Object.assign(element("th", "dl-name"), this.wide ? { scope: "row" } : { scope: "rowgroup", colSpan: layers });
      name.innerHTML = swatch(runner);
      name.append(runner.label);
      const row = element("tr");
      for (let l = 0; l < layers; l++) {
        const cell = row.appendChild(element("td"));
        const hidden = l < layers - 1 && runner.histograms;
        const box = element("div", "dl-bars");
        const lines = ["norm", "ratio", ...(hidden && runner.histograms.dead ? ["dead"] : [])].map(() => element("div", "dl-told"));
        const mark = element("div", "dl-mark");
        cell.append(...(hidden ? [box] : []), element("div", "", ...lines, mark));
        this.cells.push({ runner, l, box: hidden ? box : null, lines, mark });
      }
      if (this.wide) row.prepend(name);
      else rows.push(element("tr", "", name));
      rows.push(row);
    }
    const about = element("caption", "", words.film_layers_about);
    table.replaceChildren(about, element("thead", "", head), element("tbody", "", ...rows));
  }

  draw() {
    const { film } = this;
    const key = `${film.m} ${this.root.clientWidth} ${film.theme.name} ${film.stamp}`;
    if (key === this.drawn) return;
    if (this.wide !== this.root.clientWidth > WIDE) this.receive();
    this.drawn = key;
    for (const cell of this.cells) this.numbers(cell);
    this.stretch();
    for (const cell of this.cells) if (cell.box) this.bars(cell);
  }

  /** Let the bars take the height that is left. */
  stretch() {
    const { film, root, table } = this;
    const fit = `${root.clientHeight} ${root.clientWidth} ${film.stamp}`;
    if (fit === this.fitted) return;
    this.fitted = fit;
    table.style.removeProperty("--dl-bars");
    table.classList.remove("dl-tight");
    table.classList.toggle("dl-tight", table.offsetHeight > root.clientHeight); // numbers beside the bars, not under them
    const left = (root.clientHeight - table.offsetHeight) / Math.max(1, film.shown.length);
    table.style.setProperty("--dl-bars", `${Math.round(BARS + Math.min(Math.max(left, 0), 90))}px`);
  }

  /** The shown moment; of a training that has ended early the last, at which it stays. */
  moment(runner) {
    return runner.ended === null ? Math.min(this.film.m, runner.end) : this.film.m;
  }

  /** At a moment, of each layer of a runner. */
  at(name, count, m) {
    return this.film.arrays.get(name).subarray(m * count, (m + 1) * count);
  }

  /** Of the update that comes next, or at the end of the one that came last. */
  updateOf(runner, count) {
    const m = this.moment(runner);
    const now = this.at(runner.ratios, count, m);
    return Number.isNaN(now[0]) && m > 0 ? this.at(runner.ratios, count, m - 1) : now;
  }

  numbers({ runner, l, lines, mark }) {
    const { film } = this;
    const { words, network } = film;
    const count = network.parts.length;
    const norms = this.at(runner.norms, count, this.moment(runner));
    const [norm, ratio] = [norms[l], this.updateOf(runner, count)[l]];
    write(lines[0], fill(words.film_norm, { value: short(norm) }));
    write(lines[1], fill(words.film_ratio, { value: short(ratio) }));
    if (lines[2]) {
      const dead = this.at(runner.histograms.dead, count - 1, this.moment(runner))[l];
      write(lines[2], fill(words.film_dead, { share: percent(dead) }));
      lines[2].classList.toggle("dl-strong", dead > 0.3);
    }
    const largest = norms.reduce((most, value) => Math.max(most, value), 0);
    const exploded = !Number.isFinite(norm) || norm > EXPLODED;
    const vanished = !exploded && norm < VANISHED * largest;
    write(mark, exploded ? words.film_exploding : vanished ? words.film_vanishing : "");
    mark.classList.toggle("dl-off", !exploded && !vanished);
  }

  bars({ runner, l, box }) {
    const { film } = this;
    const { theme } = film;
    const { histograms } = runner;
    const { clientWidth: width } = box;
    if (width < 40) return;
    const pen = canvasIn(box);
    const hidden = film.network.parts.length - 1;
    const { bins } = histograms;
    const tall = box.clientHeight - 14;
    const half = (width - 10) / 2;
    const sets = [
      [histograms.activations, histograms.range, 0, runner.colour, number],
      [histograms.gradients, histograms.log_range, half + 10, theme.quiet, (value) => `1e${number(value)}`],
    ];
    pen.font = `11px ${theme.font}`;
    pen.textBaseline = "alphabetic";
    for (const [name, [low, high], left, colour, say] of sets) {
      const values = film.arrays.get(name);
      const start = (film.m * hidden + l) * bins;
      pen.fillStyle = colour;
      const wide = half / bins;
      for (let i = 0; i < bins; i++) {
        const high = (tall * values[start + i]) / 255;
        if (high) pen.fillRect(left + i * wide, tall - Math.max(high, 1), Math.max(wide - 0.6, 0.8), Math.max(high, 1));
      }
      pen.fillStyle = theme.line;
      pen.fillRect(left, tall, half, 1);
      if (half < LABELLED) continue;
      pen.fillStyle = theme.quiet;
      pen.textAlign = "left";
      pen.fillText(say(low), left, tall + 12);
      pen.textAlign = "right";
      pen.fillText(say(high), left + half, tall + 12);
    }
  }
}

const short = (value) => (Number.isFinite(value) ? number(+value.toPrecision(2)) : "–");
