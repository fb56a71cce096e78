// How sharply the loss bends along the way of every runner, and beyond which sharpness a runner is not stable.
import { number, swatch, fill } from "../descent-lab.canvas/draw.js";
import { Chart } from "./curves.js";
import { element } from "./made.js";

const SPREAD = 30; // the largest is so many times the smallest: then the axis is logarithmic
const FAR = 2; // times the largest sharpness: an edge beyond is named, not drawn
const LINE = 14; // pixels between two names of edges
const DASH = [6, 4];
const [PLACES, WORDS, ENOUGH] = [6, 90, 20]; // where the words on an edge may stand, how wide they are, and how free of curves
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
      const values = between(at, known, film.steps);
      return { runner: { ...runner, seeds: 1, best: null }, formula, known, unseen: false, values, edge: edge && between(at, film.arrays.get(edge), film.steps) };
    });
    const found = this.surveyed.flatMap(({ known }) => [...known]).filter((value) => value > 0 && value < Infinity);
    this.most = Math.max(...found, 1e-6);
    this.least = Math.min(...found, this.most / 2);
    this.wide = this.most > SPREAD * this.least;
  }

  lines() {
    return this.surveyed;
  }

  range(lines) {
    const edges = lines.flatMap(({ edge }) => (edge ? [...edge] : [])).filter((value) => value > 0 && value <= FAR * this.most);
    const high = Math.max(this.most, ...edges);
    if (this.wide) return [Math.min(this.least, ...edges) / 1.3, high * 1.5];
    return [0, high * 1.15];
  }

  /** The edges of stability: dashed lines with their formulas. What lies beyond the axis is named above. */
  mark(pen) {
    const { film, frame, toX, toY, drawnLines } = this;
    const { theme } = film;
    const taken = [];
    let end = frame.left + frame.width;
    pen.font = `12px ${theme.font}`;
    pen.textBaseline = "alphabetic";
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
        pen.textAlign = "right";
        pen.fillText(`↑ ${text}`, end, ABOVE);
        end -= pen.measureText(`↑ ${text}`).width + 12;
        continue;
      }
      let y = Math.max(toY(first) - 4, frame.top + 12);
      while (taken.some((other) => Math.abs(other - y) < LINE)) y += LINE;
      taken.push(y);
      const x = frame.left + 6 + this.free(y - 4, frame.width - pen.measureText(text).width - 12);
      pen.textAlign = "left";
      pen.strokeStyle = theme.paper;
      pen.lineWidth = 3;
      pen.strokeText(text, x, y);
      pen.fillText(text, x, y);
    }
  }

  /** How far from the left, of so many pixels, the curves pass farthest above or below a line of words. */
  free(y, room) {
    const { film, frame, drawnLines, toX, toY } = this;
    const place = (i) => (i / PLACES) * room;
    const away = Array(PLACES + 1).fill(Infinity);
    for (const { runner, values } of drawnLines) {
      for (let m = 0; m <= film.steps; m++) {
        const x = toX(film.place(runner, m)) - frame.left;
        for (let i = 0; i <= PLACES; i++) if (x > place(i) - 10 && x < place(i) + WORDS) away[i] = Math.min(away[i], Math.abs(toY(values[m]) - y) || Infinity);
      }
    }
    return place(away.findIndex((distance) => distance >= Math.min(ENOUGH, Math.max(...away))));
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
    const lines = [`${words.film_sharpness}: ${number(known[k])}`, film.named(at[k])];
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
