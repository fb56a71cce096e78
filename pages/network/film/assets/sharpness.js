// How sharply the loss bends along the way of every runner, and beyond which sharpness a runner is not stable.
import { number, swatch, fill } from "../descent-lab.canvas/draw.js";
import { Chart } from "./curves.js";
import { element } from "./made.js";

const SPREAD = 30; // the largest is so many times the smallest: then the axis is logarithmic
const FAR = 3; // times the largest sharpness: an edge beyond is named, not drawn
const LINE = 14; // pixels between two names of edges
const DASH = [6, 4];

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

  lines() {
    const { film } = this;
    const { land } = this.curves;
    const { at, runners } = land;
    this.at = at;
    const lines = film.shown.filter(({ index }) => runners[index]).map((runner) => {
      const known = film.arrays.get(runners[runner.index].sharpness);
      const edge = runners[runner.index].edge && film.arrays.get(runners[runner.index].edge);
      const { formula } = runners[runner.index];
      return { runner: { ...runner, seeds: 1, best: null }, formula, known, unseen: false, values: between(at, known, film.steps), edge: edge && between(at, edge, film.steps) };
    });
    const found = lines.flatMap(({ known }) => [...known]).filter((value) => Number.isFinite(value) && value > 0);
    this.most = found.length ? Math.max(...found) : 1;
    this.least = found.length ? Math.min(...found) : 0.1;
    this.wide = this.most > SPREAD * this.least;
    return lines;
  }

  range(lines) {
    const edges = lines.flatMap(({ edge }) => (edge ? [edge.at(-1)] : [])).filter((value) => value <= FAR * this.most);
    const high = Math.max(this.most, ...edges);
    return this.wide ? [this.least / 1.3, high * 1.4] : [0, high * 1.15];
  }

  /** The edges of stability: dashed lines with their formulas. */
  mark(pen) {
    const { film, frame, toX, toY, drawnLines } = this;
    const { theme } = film;
    const right = frame.left + frame.width;
    const taken = [];
    pen.font = `11px ${theme.font}`;
    pen.textAlign = "right";
    pen.textBaseline = "alphabetic";
    for (const { runner, edge, formula } of drawnLines) {
      if (!edge) continue;
      pen.strokeStyle = runner.colour;
      pen.lineWidth = 1.4;
      pen.setLineDash(DASH);
      pen.beginPath();
      let started = false;
      for (let m = 0; m <= film.steps; m++) {
        const y = toY(edge[m]);
        if (!Number.isFinite(y) || y < frame.top) started = false;
        else {
          pen[started ? "lineTo" : "moveTo"](toX(film.place(runner, m)), y);
          started = true;
        }
      }
      pen.stroke();
      pen.setLineDash([]);
      const last = edge.findLast(Number.isFinite);
      if (last === undefined) continue;
      const beyond = toY(last) < frame.top + 12;
      let y = beyond ? frame.top + 12 : toY(last) - 4;
      while (taken.some((other) => Math.abs(other - y) < LINE)) y += LINE;
      taken.push(y);
      const text = `${beyond ? "↑ " : ""}${formula} = ${number(last)}`;
      pen.strokeStyle = theme.paper;
      pen.lineWidth = 3;
      pen.lineJoin = "round";
      pen.strokeText(text, right - 4, y);
      pen.fillStyle = runner.colour;
      pen.fillText(text, right - 4, y);
    }
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
