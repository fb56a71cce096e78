// The decision map: how the plane is shared among the classes, and the points that it was learnt from.
import { canvasIn, layerIn } from "../descent-lab.canvas/canvas.js";
import { isoline } from "../descent-lab.canvas/isoline.js";
import { between } from "./colours.js";
import { gridOf, spread } from "./grid.js";
import { Placing } from "./placing.js";
import { finite } from "./weights.js";

const FINEST = 150; // points of the grid across, at rest
const HIT = 9; // pixels within which a press finds a point

export class Decision {
  constructor(box, film, panel) {
    Object.assign(this, { box, film, panel });
    this.ground = layerIn(box, "dl-ground");
    this.placing = new Placing(this);
  }

  receive(runner) {
    this.runner = runner;
    this.box.classList.toggle("dl-placing", this.film.data.own);
  }

  get frame() {
    return [this.box.clientWidth, this.box.clientHeight];
  }

  draw(fine) {
    const { film, box, runner } = this;
    const { theme, data } = film;
    const [width, height] = this.frame;
    if (width < 20) return "small";
    this.drawPoints(width, height);
    const weights = runner && film.weights.at(runner, film.t);
    const ok = finite(weights ?? null);
    this.ground.style.visibility = ok ? "" : "hidden";
    const pen = canvasIn(box, "dl-line");
    if (!ok) return runner && !weights ? "waits" : "empty";
    const columns = fine ? Math.min(FINEST, Math.round(width / 2)) : film.pace.across;
    const rows = Math.max(8, Math.round((columns * height) / width));
    const grid = gridOf(data.bounds, columns, rows);
    const outputs = film.net.run(weights, grid.inputs, grid.count);
    const outlines = data.classes > 2 ? this.paintMany(grid, outputs, data.classes) : [this.paintTwo(grid, outputs)];
    pen.beginPath();
    const [across, down] = [width / (columns - 1), height / (rows - 1)];
    for (const values of outlines) {
      const pieces = isoline(values, columns, 0);
      for (let i = 0; i < pieces.length; i += 4) {
        pen.moveTo(pieces[i] * across, pieces[i + 1] * down);
        pen.lineTo(pieces[i + 2] * across, pieces[i + 3] * down);
      }
    }
    pen.lineCap = "round";
    pen.strokeStyle = theme.paper;
    pen.lineWidth = 4;
    pen.stroke();
    pen.strokeStyle = theme.ink;
    pen.lineWidth = 1.8;
    pen.stroke();
    return "drawn";
  }

  room(count) {
    if (this.colours?.length !== count) [this.colours, this.values] = [new Uint32Array(count), new Float32Array(count)];
  }

  /** Two classes: the colour says the probability of the second; where it is a half the line is. */
  paintTwo(grid, outputs) {
    const { count } = grid;
    this.room(count);
    const { colours, values } = this;
    const scale = (this.film.scale ??= between(this.film.palette));
    const two = outputs.length >= 2 * count && this.film.network.sizes.at(-1) > 1;
    for (let i = 0; i < count; i++) {
      const lead = two ? outputs[count + i] - outputs[i] : outputs[i];
      values[i] = lead;
      colours[i] = scale[(255 / (1 + Math.exp(-lead))) | 0];
    }
    spread(this.ground, grid, colours);
    return values;
  }

  /** More: the colours are mixed as the probabilities are, and lines part the regions in which another leads. */
  paintMany(grid, outputs, classes) {
    const { count } = grid;
    this.room(count);
    const { colours } = this;
    const { tints } = this.film.palette;
    const leads = Array.from({ length: classes }, () => new Float32Array(count));
    const p = new Float64Array(classes);
    for (let i = 0; i < count; i++) {
      let [first, second, sum, red, green, blue] = [-Infinity, -Infinity, 0, 0, 0, 0];
      for (let k = 0; k < classes; k++) {
        const z = outputs[k * count + i];
        if (z > first) [first, second] = [z, first];
        else if (z > second) second = z;
      }
      for (let k = 0; k < classes; k++) {
        const z = outputs[k * count + i];
        leads[k][i] = z === first ? first - second : z - first;
        sum += p[k] = Math.exp(z - first);
      }
      for (let k = 0; k < classes; k++) {
        red += (p[k] / sum) * tints[k][0];
        green += (p[k] / sum) * tints[k][1];
        blue += (p[k] / sum) * tints[k][2];
      }
      colours[i] = (255 << 24) | (blue << 16) | (green << 8) | red;
    }
    spread(this.ground, grid, colours);
    return leads;
  }

  /** Filled: learnt from. Hollow: for validation. The shape tells the class too. */
  drawPoints(width, height) {
    const { film, box } = this;
    const { data, theme, palette } = film;
    const key = JSON.stringify([width, height, theme.name, film.stamp, window.devicePixelRatio]);
    if (key === this.drawn) return;
    this.drawn = key;
    const pen = canvasIn(box, "dl-points");
    const points = film.points;
    const size = (points.length > 500 ? 2.3 : points.length > 250 ? 2.8 : 3.4) * Math.min(Math.max(width / 260, 0.6), 1.3) * (film.thick ? 1.5 : 1);
    const toX = film.toX(width);
    const toY = film.toY(height);
    for (let kind = 0; kind < data.classes; kind++) {
      for (const train of [false, true]) {
        pen.beginPath();
        const alike = points.filter((point) => point.kind === kind && point.train === train);
        for (const { x, y } of alike) shape(pen, kind, toX(x), toY(y), train ? size : size - 0.4);
        pen.lineWidth = 1.2;
        pen.fillStyle = train ? palette.classes[kind] : theme.paper;
        pen.strokeStyle = train ? theme.paper : palette.classes[kind];
        if (!train) pen.lineWidth = 1.6;
        pen.fill();
        pen.stroke();
      }
    }
  }

  /** The point of the picture under a pointer, and the placed one that is there already. */
  under(event) {
    const box = this.box.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    if (px < 0 || py < 0 || px > box.width || py > box.height) return null;
    const { film } = this;
    const [[x0, x1], [y0, y1]] = film.data.bounds;
    const [toX, toY] = [film.toX(box.width), film.toY(box.height)];
    let [which, best] = [-1, HIT];
    film.points.forEach(({ x, y }, i) => {
      const far = Math.hypot(toX(x) - px, toY(y) - py);
      if (far < best) [which, best] = [i, far];
    });
    return { x: x0 + ((x1 - x0) * px) / box.width, y: y1 - ((y1 - y0) * py) / box.height, which };
  }
}

/** Circle, square, triangle, and so on: one for each class. */
export function shape(pen, kind, x, y, r) {
  const corners = [0, 4, 3, 5][kind % 4];
  if (!corners) {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  const radius = r * (corners === 3 ? 1.35 : 1.2);
  for (let i = 0; i < corners; i++) {
    const angle = (2 * Math.PI * (i + (corners === 4 ? 0.5 : 0))) / corners - Math.PI / 2;
    pen[i ? "lineTo" : "moveTo"](x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  pen.closePath();
}
