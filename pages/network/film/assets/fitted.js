// A regression in one dimension: the curve of the network over the points.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { trace } from "../descent-lab.canvas/clip.js";
import { dot, strokeLine } from "../descent-lab.canvas/draw.js";
import { finite } from "./weights.js";

const ACROSS = 161; // points of the curve

export class Fitted {
  constructor(box, film) {
    Object.assign(this, { box, film });
    this.inputs = new Float64Array(ACROSS);
  }

  receive(runner) {
    this.runner = runner;
  }

  draw() {
    const { film, box, runner, inputs } = this;
    const { data, theme } = film;
    const [width, height] = [box.clientWidth, box.clientHeight];
    if (width < 20) return "small";
    this.drawPoints(width, height);
    const weights = runner && film.weights.at(runner, film.t);
    const pen = canvasIn(box, "dl-line");
    if (!finite(weights ?? null)) return runner && !weights ? "waits" : "empty";
    const [[x0, x1]] = data.bounds;
    for (let i = 0; i < ACROSS; i++) inputs[i] = x0 + ((x1 - x0) * i) / (ACROSS - 1);
    const outputs = film.net.run(weights, inputs, ACROSS);
    const frame = { left: 0, top: 0, width, height };
    const line = trace((i) => inputs[i], (i) => outputs[i], ACROSS - 1, film.toX(width), film.toY(height), frame);
    strokeLine(pen, line, runner.colour, theme.paper, film.thick ? 4 : 2.6, []);
    return "drawn";
  }

  drawPoints(width, height) {
    const { film, box } = this;
    const { theme } = film;
    const key = JSON.stringify([width, height, theme.name, film.stamp, window.devicePixelRatio]);
    if (key === this.drawn) return;
    this.drawn = key;
    const pen = canvasIn(box, "dl-points");
    const [toX, toY] = [film.toX(width), film.toY(height)];
    const [[x0, x1], [y0, y1]] = film.data.bounds;
    pen.fillStyle = theme.grid;
    if (x0 < 0 && x1 > 0) pen.fillRect(Math.round(toX(0)), 0, 1, height);
    if (y0 < 0 && y1 > 0) pen.fillRect(0, Math.round(toY(0)), width, 1);
    const size = film.points.length > 150 ? 2.2 : 3;
    for (const { x, y, train } of film.points) {
      pen.globalAlpha = train ? 0.75 : 1;
      dot(pen, toX(x), toY(y), train ? size : size - 0.5, train ? theme.quiet : theme.paper);
      if (train) continue;
      pen.lineWidth = 1.4;
      pen.strokeStyle = theme.quiet;
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
}
