// How sharply the loss bends along the way of every runner, and beyond which sharpness a runner is not stable.
import { number, swatch, fill } from "../descent-lab.canvas/draw.js";
import { Chart, LEAST } from "./curves.js";
import { element } from "./made.js";

const SPREAD = 30; // the largest is so many times the smallest: then the axis is logarithmic
const FAR = 2; // times the largest sharpness: an edge beyond is named, not drawn
const DASH = [6, 4];
const PLACES = 6; // where along an edge the words on it may stand
const ABOVE = 18; // of the line of words over the chart

export class Sharpness extends Chart {
  constructor(box, landscape) {
    super(box, landscape, "sharpness");
  }

  get title() {
    return this.film.words.film_sharpness;
  }

  get log() {
    return this.wide;
  }

  prepare(width, height) {
    this.survey();
    super.prepare(width, height);
  }

  /** What is known of every shown runner, and the range of it. */
  survey() {
    const { film } = this;
    const { at, runners } = this.curves.land;
    this.at = at;
    this.surveyed = film.shown.filter(({ index }) => runners[index]).map((runner) => {
      const { sharpness, edge, formula } = runners[runner.index];
      const known = film.arrays.get(sharpness);
      const values = between(at, known, runner.end);
      return { runner: { ...runner, seeds: 1, best: null }, formula, known, unseen: false, values, beyond: values, edge: edge && between(at, film.arrays.get(edge), film.steps) };
    });
    const found = this.surveyed.flatMap(({ known }) => [...known]).filter((value) => value > 0 && value < Infinity);
    this.most = Math.max(...found, 1e-6);
    const least = Math.min(...found, this.most / 2);
    this.wide = this.most > SPREAD * least;
    const edges = this.surveyed.flatMap(({ edge }) => (edge ? [...edge] : [])).filter((value) => value > 0 && value <= FAR * this.most);
    const [low, high] = [Math.min(least, ...edges), Math.max(this.most, ...edges)];
    this.span = this.wide ? [Math.max(low / 1.3, LEAST), high * 1.5] : [0, high * 1.15];
    if (this.wide) for (const line of this.surveyed) line.values = line.beyond.map((value) => Math.max(value, this.span[0])); // at the edge
  }

  lines() {
    return this.surveyed;
  }

  range() {
    return this.span;
  }

  /** The edges of stability: dashed lines with their formulas. What lies beyond the axis is named above. */
  mark(pen) {
    const { film, frame, toX, toY, drawnLines } = this;
    const { theme } = film;
    const taken = [];
    let end = frame.left + frame.width;
    pen.font = `12px ${theme.font}`;
    pen.textBaseline = "alphabetic";
    const least = frame.left + pen.measureText(this.title).width + 12;
    pen.lineJoin = "round";
    for (const { runner, edge, formula } of [...drawnLines].reverse()) {
      const first = edge ? [...edge].find((value) => value > 0 && value < Infinity) : undefined;
      if (first === undefined) continue;
      pen.strokeStyle = pen.fillStyle = runner.colour;
      pen.lineWidth = 1.4;
      pen.setLineDash(DASH);
      pen.beginPath();
      let started = false;
      for (let m = 0; m <= film.steps; m++) {
        const y = toY(edge[m]);
        const inside = y >= frame.top && y <= frame.top + frame.height;
        if (inside) pen[started ? "lineTo" : "moveTo"](toX(film.place(runner, m)), y);
        started = inside;
      }
      pen.stroke();
      pen.setLineDash([]);
      const text = `${formula} = ${number(first)}`;
      if (toY(first) < frame.top) {
        const { width } = pen.measureText(`↑ ${text}`);
        if (end - width < least) continue; // the pointer tells it too
        pen.textAlign = "right";
        pen.fillText(`↑ ${text}`, end, ABOVE);
        end -= width + 12;
        continue;
      }
      const { width } = pen.measureText(text);
      const [x, y] = this.on(toY(first), width, taken);
      taken.push([x, y, width]);
      pen.textAlign = "left";
      pen.strokeStyle = theme.paper;
      pen.lineWidth = 3;
      pen.strokeText(text, x, y);
      pen.fillText(text, x, y);
    }
  }

  /** Where on a level line words so wide stand best. */
  on(line, width, taken) {
    const room = this.frame.width - width - 12;
    const places = Array.from({ length: PLACES + 1 }, (_, i) => this.frame.left + 6 + (i / PLACES) * room);
    const spots = [line - 4, line + 13].flatMap((y) => places.map((x) => [x, y]));
    return this.freest(spots, width, taken) ?? spots[0];
  }

  tell(event) {
    const { film, at } = this;
    const { words } = film;
    const box = this.box.getBoundingClientRect();
    const found = this.nearest(event.clientX - box.left, event.clientY - box.top);
    if (!found) return film.tip(null);
    const { runner, known, formula, edge } = found;
    const k = at.reduce((best, m, i) => (Math.abs(m - found.m) < Math.abs(at[best] - found.m) ? i : best), 0);
    const title = element("b");
    title.innerHTML = `${swatch(runner)} `;
    title.append(runner.label);
    const told = Math.abs(known[k]) < LEAST ? fill(words.film_sharpness_below, { value: number(LEAST) }) : number(known[k]);
    const lines = [`${words.film_sharpness}: ${told}`, film.named(at[k])];
    if (edge) lines.push(fill(words.film_sharpness_above, { formula, value: number(edge[at[k]]) }));
    film.tip([title, ...lines.map((text) => element("div", "", text))], event);
  }
}

/** Values at some moments, with straight lines between them: one for every moment. */
function between(at, known, last) {
  const values = new Float32Array(last + 1).fill(NaN);
  for (let k = 0; k < at.length; k++) {
    values[at[k]] = known[k];
    for (let m = at[k] + 1; m < (at[k + 1] ?? 0); m++) values[m] = known[k] + ((known[k + 1] - known[k]) * (m - at[k])) / (at[k + 1] - at[k]);
  }
  return values;
}
