// The network of the chosen runner: neurons in columns, weights as lines. A neuron shows what it has learnt to see.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { fill, number, swatch } from "../descent-lab.canvas/draw.js";
import { button } from "../descent-lab.canvas/transport.js";
import { packed } from "./colours.js";
import { element } from "./made.js";
import { Plan } from "./plan.js";
import { Pictures } from "./pictures.js";
import { finite } from "./weights.js";

const NEAR = 6; // pixels within which the pointer finds a line
const LARGE = 132; // pixels of a neuron's picture under the pointer
const WIDTHS = 8; // so many widths and strengths of lines are told apart: one stroke draws all that are alike
const WIDEST = 6; // pixels
const FAINT = 1e-7; // of a gradient: below, its line is nearly invisible

/** Of a gradient, from 1, nearly nothing, to WIDTHS, one or more; in between as its logarithm. */
function strengthOf(gradient) {
  const share = 1 - Math.log10(Math.abs(gradient) + 1e-30) / Math.log10(FAINT);
  return Math.max(1, Math.min(WIDTHS, Math.round(WIDTHS * share)));
}

export class Wiring {
  constructor(root, film) {
    Object.assign(this, { root, film });
    this.name = root.appendChild(element("p", "dl-whose"));
    this.box = root.appendChild(element("div", "dl-wires"));
    this.box.setAttribute("role", "img");
    this.gradients = false;
    this.switch = button("home", () => this.turn(), "dl-words");
    this.switch.setAttribute("role", "switch");
    root.appendChild(element("div", "dl-corner")).append(this.switch);
    this.most = new Map();
    this.pictures = new Pictures(film);
    this.box.addEventListener("pointermove", (event) => this.point(event));
    this.box.addEventListener("pointerdown", (event) => this.point(event));
    this.box.addEventListener("pointerleave", () => this.unpoint());
  }

  turn() {
    this.gradients = !this.gradients;
    this.receive();
    this.film.soon();
  }

  get runner() {
    return this.film.runners[this.film.chosen] ?? this.film.shown[0];
  }

  receive() {
    const { film, runner } = this;
    const { words } = film;
    this.name.innerHTML = swatch(runner);
    this.name.append(element("b", "", runner.label));
    this.switch.textContent = words.film_gradients;
    this.switch.disabled = !runner.gradients;
    this.switch.title = runner.gradients ? words.film_gradients_help : words.film_gradients_none;
    this.coloured = this.gradients && Boolean(runner.gradients);
    this.switch.setAttribute("aria-checked", this.coloured);
    this.box.setAttribute("aria-label", `${runner.label}: ${film.network.sizes.join(" – ")}`);
    if (this.stamp !== film.stamp) this.most.clear();
    this.stamp = film.stamp;
    this.scale = packed(film.palette.signed);
  }

  /** The largest weight between two layers in the whole film, so that lines grow as weights do. */
  largest(runner, l, weights) {
    const key = `${runner.index} ${l}`;
    if (this.most.has(key)) return this.most.get(key);
    const [at, rows, columns] = this.film.network.parts[l].weights;
    const whole = typeof runner.weights === "string";
    let most = 0;
    for (let m = 0; m <= (whole ? this.film.steps : 0); m++) {
      const values = whole ? this.film.weights.moment(runner, m) : weights;
      for (let i = at; i < at + rows * columns; i++) {
        const size = Math.abs(values[i]);
        if (size > most && size < 1e6) most = size;
      }
    }
    most ||= 1;
    if (whole) this.most.set(key, most);
    return most;
  }

  draw(fine) {
    const { film, box, runner } = this;
    const { theme, network, words } = film;
    const [width, height] = [box.clientWidth, box.clientHeight];
    if (width < 60 || height < 60) return;
    const weights = film.weights.at(runner, film.t);
    const pen = canvasIn(box);
    this.plan = new Plan(width, height, film);
    this.alive = finite(weights);
    this.weights = weights;
    if (this.alive) {
      this.wires(pen, weights);
      this.pictures.make(weights, this.plan.side, fine);
    }
    if (this.alive) this.neurons(pen);
    pen.font = `12px ${theme.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = theme.quiet;
    this.plan.layers.forEach(({ x, shown, count, foot }, l) => {
      const last = network.sizes.length - 1;
      const title = l === 0 ? words.film_inputs : l === last ? words.film_outputs : words.film_hidden_layer.replace("{number}", l);
      pen.fillText(title, x, 12, this.plan.gap);
      if (shown === count || (l === 0 && film.data.images)) return;
      pen.fillText(words.film_more.replace("{number}", count - shown), x, foot + 14, this.plan.gap);
    });
    this.key(pen, width, height);
    if (!this.alive) this.say(pen, runner.ended === null ? words.film_waits : fill(words.film_exploded, { step: runner.ended }), width, height);
    if (this.hovered) this.tell();
  }

  /** Why there is nothing to see. */
  say(pen, text, width, height) {
    const { theme } = this.film;
    const half = pen.measureText(text).width / 2 + 10;
    pen.fillStyle = theme.paper;
    pen.fillRect(width / 2 - half, height / 2 - 16, 2 * half, 32);
    pen.fillStyle = theme.ink;
    pen.textAlign = "center";
    pen.fillText(text, width / 2, height / 2 + 4);
  }

  /** What colour and width mean, under the picture. */
  key(pen, width, height) {
    const { film: { palette, words, theme }, coloured } = this;
    const above = coloured ? words.film_gradient_above : words.film_weight_above;
    const below = coloured ? words.film_gradient_below : words.film_weight_below;
    pen.textAlign = "left";
    let x = 4;
    for (const [sign, text] of [[1, above], [0, below]]) {
      pen.strokeStyle = palette.signs[sign];
      pen.lineWidth = 3;
      pen.lineCap = "butt";
      pen.setLineDash(sign ? [] : [5, 3]);
      pen.beginPath();
      pen.moveTo(x, height - 8);
      pen.lineTo(x + 22, height - 8);
      pen.stroke();
      pen.setLineDash([]);
      pen.fillStyle = theme.quiet;
      pen.fillText(text, x + 27, height - 4);
      x += 42 + pen.measureText(text).width;
    }
  }

  /** Every line: as wide as its weight, in the colour of its sign, or of its gradient. */
  wires(pen, weights) {
    const { film, plan, runner, coloured } = this;
    const { network, palette, data } = film;
    const gradients = coloured ? this.gradientsAt(runner) : null;
    const alike = new Map();
    network.parts.forEach(({ weights: [at, , columns] }, l) => {
      const [from, to] = [plan.layers[l], plan.layers[l + 1]];
      if (l === 0 && data.images) return this.bundle(pen, from, to);
      const largest = this.largest(runner, l, weights);
      for (let i = 0; i < from.shown; i++) {
        for (let j = 0; j < to.shown; j++) {
          const weight = weights[at + i * columns + j];
          const wide = Math.min(WIDTHS, Math.ceil((WIDTHS * Math.abs(weight)) / largest));
          if (!wide) continue;
          const gradient = gradients?.[at + i * columns + j];
          const strength = gradients ? strengthOf(gradient) : WIDTHS;
          const key = `${(gradients ? gradient : weight) > 0 ? 1 : 0} ${wide} ${strength}`;
          if (!alike.has(key)) alike.set(key, new Path2D());
          const path = alike.get(key);
          path.moveTo(from.x + from.half, from.y(i));
          path.lineTo(to.x - to.half, to.y(j));
        }
      }
    });
    pen.lineCap = "butt";
    for (const [key, path] of alike) {
      const [sign, wide, strength] = key.split(" ").map(Number);
      pen.strokeStyle = palette.signs[sign];
      pen.globalAlpha = (0.35 + (0.55 * wide) / WIDTHS) * (coloured ? 0.1 + (0.9 * strength) / WIDTHS : 1);
      pen.lineWidth = Math.max(0.6, (WIDEST * wide) / WIDTHS);
      pen.setLineDash(sign ? [] : [5, 3]);
      pen.stroke(path);
    }
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  /** From the pixels to the first neurons, whose pictures say the weights. */
  bundle(pen, from, to) {
    pen.strokeStyle = this.film.theme.line;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let j = 0; j < to.shown; j++) {
      pen.moveTo(from.x + from.half, from.y(0));
      pen.lineTo(to.x - to.half, to.y(j));
    }
    pen.stroke();
  }

  gradientsAt({ gradients }) {
    const { film } = this;
    const all = film.arrays.get(gradients);
    const length = all.length / film.moments.length;
    return all.subarray(film.m * length, (film.m + 1) * length);
  }

  neurons(pen) {
    const { film: { theme, data, network }, plan, pictures, alive } = this;
    pen.font = `12px ${theme.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    plan.layers.forEach(({ x, y, half, shown }, l) => {
      for (let j = 0; j < shown; j++) {
        const left = x - half;
        const top = y(j) - half;
        const outline = new Path2D();
        if (pictures.has(l)) outline.roundRect(left, top, 2 * half, 2 * half, Math.min(5, half / 3));
        else outline.arc(x, y(j), half, 0, 2 * Math.PI);
        pen.fillStyle = theme.paper;
        pen.fill(outline);
        if (alive && pictures.has(l)) {
          pen.save();
          pen.clip(outline);
          pictures.draw(pen, l, j, left, top, 2 * half);
          pen.restore();
        }
        const hovered = this.hovered?.neuron && this.hovered.l === l && this.hovered.j === j;
        pen.strokeStyle = hovered ? theme.ink : theme.quiet;
        pen.lineWidth = hovered ? 2.5 : 1.2;
        pen.stroke(outline);
        if (l === 0 && !data.images) {
          pen.fillStyle = theme.quiet;
          pen.textAlign = "right";
          pen.fillText(this.called(l, j), left - 4, y(j));
          pen.textAlign = "center";
        }
        if (l === network.sizes.length - 1 && data.images) {
          pen.fillStyle = theme.ink;
          pen.fillText(j, x, y(j) + 0.5);
        }
      }
    });
  }

  // --- the pointer ------------------------------------------------------------------------------

  point(event) {
    if (!this.plan || !this.weights) return;
    const box = this.box.getBoundingClientRect();
    this.event = event;
    const before = JSON.stringify(this.hovered ?? null);
    this.hovered = this.found(event.clientX - box.left, event.clientY - box.top);
    if (!this.hovered) this.film.tip(null);
    if (JSON.stringify(this.hovered) !== before) this.film.soon();
    if (this.hovered) this.tell();
  }

  unpoint() {
    this.hovered = null;
    this.film.tip(null);
    this.film.soon();
  }

  /** The neuron or the line at a place. */
  found(px, py) {
    const { plan, film: { network, data } } = this;
    for (const [l, { x, y, half, shown }] of plan.layers.entries()) {
      for (let j = 0; j < shown; j++) if (Math.abs(px - x) <= half && Math.abs(py - y(j)) <= half) return { neuron: true, l, j };
    }
    let [found, best] = [null, NEAR];
    for (let l = data.images ? 1 : 0; l < network.parts.length; l++) {
      const [from, to] = [plan.layers[l], plan.layers[l + 1]];
      const [ax, bx] = [from.x + from.half, to.x - to.half];
      if (px < ax || px > bx) continue;
      const share = (px - ax) / (bx - ax);
      for (let i = 0; i < from.shown; i++) {
        for (let j = 0; j < to.shown; j++) {
          const slope = (to.y(j) - from.y(i)) / (bx - ax);
          const far = Math.abs(from.y(i) + share * (to.y(j) - from.y(i)) - py) / Math.sqrt(1 + slope ** 2);
          if (far < best) [found, best] = [{ neuron: false, l, i, j }, far];
        }
      }
    }
    return found;
  }

  tell() {
    const { film, hovered: { neuron, l, i, j }, weights, runner, pictures, alive } = this;
    const { words, network } = film;
    const line = (text) => element("div", "", text);
    if (!neuron) {
      const [at, , columns] = network.parts[l].weights;
      const gradient = runner.gradients && this.gradientsAt(runner)[at + i * columns + j];
      const title = element("b", "", `${this.called(l, i)} → ${this.called(l + 1, j)}`);
      const lines = [line(`${words.film_weight} ${number(weights[at + i * columns + j])}`)];
      if (runner.gradients) lines.push(line(`${words.film_gradient} ${number(gradient)}`));
      return film.tip([title, ...lines], this.event);
    }
    const told = [element("b", "", this.called(l, j))];
    if (l > 0) told.push(line(`${words.film_bias} ${number(weights[network.parts[l - 1].biases[0] + j])}`));
    if (alive && pictures.has(l)) {
      const canvas = Object.assign(element("canvas", "dl-large"), { width: LARGE, height: LARGE });
      pictures.draw(canvas.getContext("2d"), l, j, 0, 0, LARGE);
      told.push(canvas);
    }
    film.tip(told, this.event);
  }

  /** A neuron's name. */
  called(l, j) {
    const { film: { words, network, data } } = this;
    if (l === 0) return data.images ? words.film_pixels : network.sizes[0] === 1 ? "x" : `x${"₁₂₃₄₅₆₇₈₉"[j] ?? j + 1}`;
    if (l === network.sizes.length - 1) return network.kind === "regression" ? "y" : words.film_class.replace("{number}", j);
    return `${words.film_hidden_layer.replace("{number}", l)}, ${j + 1} / ${network.sizes[l]}`;
  }
}
