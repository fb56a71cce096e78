// How sharply the loss bends along the way of every runner, and beyond which sharpness a runner is not stable.
import { number, swatch, fill } from "../descent-lab.canvas/draw.js";
import { Chart } from "./curves.js";
import { element } from "./made.js";

const SPREAD = 30; // the largest is so many times the smallest: then the axis is logarithmic
const FAR = 2; // times the largest sharpness: an edge beyond is named, not drawn
const LINE = 14; // pixels between two names of edges
const DASH = [6, 4];
const [PLACES, ENOUGH] = [6, 20]; // where the words on an edge may stand, and how many pixels clear of curves is enough
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
      const { x, y } = this.free(toY(first), pen.measureText(text).width, taken);
      taken.push(y);
      pen.textAlign = "left";
      pen.strokeStyle = theme.paper;
      pen.lineWidth = 3;
      pen.strokeText(text, x, y);
      pen.fillText(text, x, y);
    }
  }

  /** Where words so wide stand freest of curves, above or below a line at y, and clear of other words. */
  free(line, width, taken) {
    const { film, frame, drawnLines, toX, toY } = this;
    const { left, top, height } = frame;
    const room = frame.width - width - 12;
    let best = { x: left + 6, y: line - 4, away: -1 };
    for (const y of [line - 4, line + 13]) {
      if (y < top + 12 || y > top + height - 3 || taken.some((other) => Math.abs(other - y) < LINE)) continue;
      for (let i = 0; i <= PLACES; i++) {
        const x = left + 6 + (i / PLACES) * room;
        let away = ENOUGH;
        for (const { runner, values } of drawnLines) {
          for (let m = 0; m <= film.steps; m++) {
            const px = toX(film.place(runner, m));
            if (px > x - 8 && px < x + width + 8) away = Math.min(away, Math.abs(toY(values[m]) - (y - 4)) || ENOUGH);
          }
        }
        if (away > best.away) best = { x, y, away };
      }
    }
    return best;
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
