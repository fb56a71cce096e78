// A digit of one's own, drawn with mouse or finger, and what the chosen runner takes it for.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { button } from "../descent-lab.canvas/transport.js";
import { element } from "./made.js";
import { softmax } from "./net.js";
import { finite } from "./weights.js";

const SIDE = 160; // pixels of the field
const PEN = 15; // pixels of a stroke
const BAR = 16; // pixels of a bar

export class Drawing {
  constructor(root, film) {
    Object.assign(this, { root, film });
    this.field = Object.assign(element("canvas", "dl-field-of-ink"), { width: SIDE, height: SIDE });
    this.field.setAttribute("role", "img");
    this.pen = this.field.getContext("2d", { willReadFrequently: true });
    this.clear = button("home", () => this.empty(), "dl-words");
    this.hint = element("p", "dl-now");
    this.bars = element("div", "dl-guess");
    this.bars.setAttribute("role", "img");
    root.append(element("div", "dl-pad", this.field, this.hint, this.clear), this.bars);
    this.strokes = [];
    this.listen();
  }

  get runner() {
    return this.film.runners[this.film.chosen] ?? this.film.shown[0];
  }

  receive() {
    const { words, theme } = this.film;
    this.clear.textContent = words.film_clear;
    this.hint.textContent = words.film_draw;
    this.field.setAttribute("aria-label", words.film_draw);
    if (this.ink !== theme.ink) this.paint();
    this.drawn = null;
  }

  listen() {
    const { field } = this;
    let stroke = null;
    const at = (event) => {
      const box = field.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
    };
    field.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      field.setPointerCapture(event.pointerId);
      this.strokes.push((stroke = [at(event)]));
      this.changed();
    });
    field.addEventListener("pointermove", (event) => {
      if (!stroke) return;
      for (const each of event.getCoalescedEvents?.() ?? [event]) stroke.push(at(each));
      this.changed();
    });
    for (const name of ["pointerup", "pointercancel"]) field.addEventListener(name, () => (stroke = null));
  }

  empty() {
    this.strokes = [];
    this.changed();
  }

  changed() {
    this.paint();
    this.film.drawn = this.strokes.length ? this.averaged() : null;
    this.drawn = null;
    this.film.soon();
  }

  paint() {
    this.ink = this.film.theme.ink;
    this.trace(this.pen, this.ink, (x) => x, (y) => y, PEN);
  }

  trace(pen, ink, toX, toY, width) {
    pen.clearRect(0, 0, SIDE, SIDE);
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    for (const [[x, y], ...rest] of this.strokes) {
      pen.moveTo(toX(x), toY(y));
      pen.lineTo(toX(x), toY(y) + 0.01); // a mere touch is a dot
      for (const [u, v] of rest) pen.lineTo(toX(u), toY(v));
    }
    pen.stroke();
  }

  /** As the digits are that the network has learnt from: centred, as tall as the field, and averaged to so few pixels. */
  averaged() {
    const [tall, wide] = this.film.data.images;
    const xs = this.strokes.flat().map(([x]) => x);
    const ys = this.strokes.flat().map(([, y]) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.min((SIDE - PEN * 1.2) / Math.max(bottom - top, 1), (SIDE * 0.85 - PEN) / Math.max(right - left, 1), 3);
    const canvas = (this.scaled ??= Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE }));
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const about = (middle) => (value) => SIDE / 2 + (value - middle) * scale;
    this.trace(pen, "#000", about((left + right) / 2), about((top + bottom) / 2), PEN * 1.6);
    const { data } = pen.getImageData(0, 0, SIDE, SIDE);
    const found = new Float64Array(tall * wide);
    for (let y = 0, i = 3; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++, i += 4) found[Math.floor((y * tall) / SIDE) * wide + Math.floor((x * wide) / SIDE)] += data[i];
    }
    return found.map((value) => Math.min(1, value / 255 / ((SIDE / tall) * (SIDE / wide))));
  }

  draw() {
    const { film, bars, runner } = this;
    const { theme, data, words } = film;
    const weights = film.weights.at(runner, film.t);
    const guess = film.drawn && finite(weights) ? softmax(film.net.run(weights, film.drawn, 1), data.classes) : null;
    const pen = canvasIn(bars);
    const width = bars.clientWidth;
    pen.font = `12px ${theme.font}`;
    pen.textBaseline = "middle";
    const best = guess ? guess.indexOf(Math.max(...guess)) : -1;
    const room = width - 60;
    for (let k = 0; k < data.classes; k++) {
      const y = (k + 0.5) * BAR;
      pen.textAlign = "right";
      pen.font = `${k === best ? 700 : 400} 12px ${theme.font}`;
      pen.fillStyle = k === best ? theme.ink : theme.quiet;
      pen.fillText(k, 10, y + 0.5);
      pen.fillStyle = theme.grid;
      pen.fillRect(16, y - 5, room, 10);
      if (!guess) continue;
      pen.fillStyle = k === best ? runner.colour : theme.quiet;
      pen.fillRect(16, y - 5, Math.max(1, room * guess[k]), 10);
      pen.fillStyle = theme.ink;
      pen.textAlign = "left";
      pen.fillText(`${Math.round(100 * guess[k])} %`, 20 + room, y + 0.5);
    }
    const told = guess ? words.film_guess.replace("{digit}", best).replace("{share}", Math.round(100 * guess[best])) : words.film_draw;
    if (!film.playing && bars.getAttribute("aria-label") !== told) bars.setAttribute("aria-label", told);
  }
}
