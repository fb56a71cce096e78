// The confusion matrix over the validation images: what is right is quiet, mistakes are strong.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { element } from "./made.js";

const MARGIN = { left: 34, top: 5, right: 5, bottom: 34 };

export class Confusion {
  constructor(box, film) {
    Object.assign(this, { box, film });
    box.addEventListener("pointermove", (event) => this.point(event));
    box.addEventListener("pointerleave", () => film.tip(null));
  }

  receive(runner) {
    this.runner = runner;
    this.drawn = null;
  }

  /** How often each true class was taken for each other, row by row. */
  counts() {
    const { film, runner } = this;
    const { data } = film;
    const predicted = runner?.predicted && film.arrays.get(runner.predicted);
    if (!predicted) return null;
    const rows = data.count - data.train;
    const counts = new Uint16Array(data.classes ** 2);
    const at = film.m * rows;
    for (let i = 0; i < rows; i++) {
      const thought = predicted[at + i];
      if (thought < data.classes) counts[data.t[data.train + i] * data.classes + thought] += 1;
    }
    return counts;
  }

  get cell() {
    const { box, film } = this;
    return [(box.clientWidth - MARGIN.left - MARGIN.right) / film.data.classes, (box.clientHeight - MARGIN.top - MARGIN.bottom) / film.data.classes];
  }

  draw() {
    const { film, box, runner } = this;
    const { theme, data, words } = film;
    if (box.clientWidth < 20) return "small";
    const key = `${film.m}|${box.clientWidth}|${box.clientHeight}|${theme.name}|${film.stamp}`;
    if (key === this.drawn) return "drawn";
    this.drawn = key;
    const pen = canvasIn(box, "dl-line");
    this.held = this.counts();
    const dead = runner && runner.ended !== null && film.update >= runner.ended;
    if (!this.held || dead) return "empty";
    const { classes } = data;
    const [w, h] = this.cell;
    const rows = data.count - data.train;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const letters = Math.max(9, Math.min(13, Math.round(h * 0.58)));
    pen.font = `${letters}px ${theme.font}`;
    const strong = theme.dark ? [255, 138, 61] : [196, 72, 11];
    for (let row = 0; row < classes; row++) {
      for (let column = 0; column < classes; column++) {
        const n = this.held[row * classes + column];
        const [x, y] = [MARGIN.left + column * w, MARGIN.top + row * h];
        const share = Math.min(1, n / (rows / classes));
        const right = row === column;
        const alpha = right ? 0.1 + 0.16 * share : n ? 0.25 + 0.75 * Math.sqrt(Math.min(1, 2 * share)) : 0;
        pen.fillStyle = right ? theme.quiet : `rgb(${strong})`;
        pen.globalAlpha = alpha;
        pen.fillRect(x + 0.5, y + 0.5, w - 1, h - 1);
        pen.globalAlpha = 1;
        if (!n || letters > h + 1) continue;
        pen.fillStyle = right ? theme.quiet : alpha > 0.8 ? (theme.dark ? "#10151c" : "#ffffff") : theme.ink;
        pen.fillText(n, x + w / 2, y + h / 2 + 0.5, w - 1);
      }
    }
    pen.fillStyle = theme.quiet;
    for (let k = 0; k < classes; k++) {
      pen.fillText(k, MARGIN.left + (k + 0.5) * w, box.clientHeight - MARGIN.bottom + 9);
      pen.fillText(k, MARGIN.left - 7, MARGIN.top + (k + 0.5) * h);
    }
    pen.font = `11px ${theme.font}`;
    pen.textAlign = "right";
    pen.save();
    pen.translate(11, MARGIN.top + (h * classes) / 2);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = "center";
    pen.fillText(words.film_true, 0, 0);
    pen.restore();
    pen.textAlign = "center";
    pen.fillText(words.film_thought, MARGIN.left + (w * classes) / 2, box.clientHeight - 10);
    return "drawn";
  }

  point(event) {
    if (!this.held || !this.box.clientWidth) return;
    const box = this.box.getBoundingClientRect();
    const [w, h] = this.cell;
    const [column, row] = [(event.clientX - box.left - MARGIN.left) / w, (event.clientY - box.top - MARGIN.top) / h].map(Math.floor);
    const { classes } = this.film.data;
    if (column < 0 || row < 0 || column >= classes || row >= classes) return this.film.tip(null);
    this.film.tip([element("b", "", `${row} → ${column}`), element("div", "", String(this.held[row * classes + column]))], event);
  }
}
