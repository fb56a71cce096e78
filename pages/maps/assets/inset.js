// One run beside its map: the path on the surface, and the loss over the steps.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { approach, seen, trace } from "../descent-lab.canvas/clip.js";
import { dot, star, strokeLine } from "../descent-lab.canvas/draw.js";
import { contours, tracePieces } from "../descent-lab.canvas/isoline.js";
import { axes, Scale } from "../descent-lab.canvas/scale.js";
import { drawMarks } from "./ink.js";

const NEAR = 18; // pixels within which the pointer finds a line
const DEEPEST = 1e-16; // a log axis ends here: below is rounding

/** What finds the step of a drawn line under the pointer: (px, py) -> step, or null. */
const finder = (xs, ys, last, toX, toY) => (px, py) => {
  const { distance, i } = approach(px, py, xs, ys, toX, toY, 0, last);
  return distance < NEAR ? i : null;
};

/** The path on the contour lines of its surface, in the proportions of the map. Returns what finds its steps. */
export function drawPath(box, { relief, run, colour, start }, theme) {
  const pen = canvasIn(box);
  const [width, height] = [box.clientWidth, box.clientHeight];
  const [[x0, x1], [y0, y1]] = relief.bounds;
  const scale = Math.min((width - 50) / (x1 - x0), (height - 30) / (y1 - y0));
  const frame = { left: 42, top: 4, width: (x1 - x0) * scale, height: (y1 - y0) * scale };
  relief.lines ??= contours(relief);
  tracePieces(pen, relief.lines, frame, frame);
  pen.strokeStyle = theme.contour;
  pen.lineWidth = 0.8;
  pen.stroke();
  const [across, up] = relief.bounds.map(([low, high]) => new Scale({ scale: "linear", low, high }));
  axes(pen, frame, across, up, [], theme);
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top, frame.width, frame.height);
  pen.clip();
  drawMarks(pen, relief, frame, frame, theme);
  const find = drawRun(pen, run, colour, frame, relief.bounds, frame, theme);
  const [sx, sy] = [frame.left + across.share(start[0]) * frame.width, frame.top + (1 - up.share(start[1])) * frame.height];
  if (seen(sx, sy, frame)) dot(pen, sx, sy, 5, theme.paper, theme.ink);
  pen.restore();
  return find;
}

/** A path over the frame of its surface, of which a part is shown, up to where it leaves for good. Returns what finds its steps. */
export function drawRun(pen, run, colour, frame, [[x0, x1], [y0, y1]], shown, theme) {
  const toX = (x) => frame.left + ((x - x0) / (x1 - x0)) * frame.width;
  const toY = (y) => frame.top + (1 - (y - y0) / (y1 - y0)) * frame.height;
  const last = run.left ?? run.length - 1;
  strokeLine(pen, trace(run.x, run.y, last, toX, toY, shown), colour, theme.paper, 2.2, []);
  const at = (i) => [toX(run.x(i)), toY(run.y(i))];
  for (let i = 1; i < last && last <= 80; i++) if (seen(...at(i), shown)) dot(pen, ...at(i), 2.2, colour);
  if (seen(...at(last), shown)) star(pen, ...at(last), 8, colour, theme.paper);
  return finder(run.x, run.y, last, toX, toY);
}

/** The loss over the steps: above the lowest in logarithms, or as it is where nobody knows the lowest. Returns what finds steps. */
export function drawLoss(box, { relief, run, colour }, theme, words) {
  const pen = canvasIn(box);
  const log = relief.minimum !== null;
  const last = run.left ?? run.length - 1;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i <= last; i++) {
    const value = run.gap(i);
    if (!Number.isFinite(value) || (log && value <= DEEPEST)) continue;
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  if (!(high > -Infinity)) [low, high] = log ? [1e-3, 1] : [0, 1];
  [low, high] = log ? [low / 2, high * 2] : [low - 0.05 * (high - low || 1), high + 0.05 * (high - low || 1)];
  const frame = { left: 50, top: 20, width: box.clientWidth - 62, height: box.clientHeight - 46 };
  const across = new Scale({ scale: "linear", low: 0, high: run.length - 1, integer: true });
  const up = new Scale({ scale: log ? "log" : "linear", low, high });
  axes(pen, frame, across, up, [], theme);
  pen.fillStyle = theme.quiet;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillText(log ? words.loss_log : words.loss_linear, frame.left - 44, 12);
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top - 1, frame.width + 6, frame.height + 2);
  pen.clip();
  const value = (i) => up.share(log ? Math.max(run.gap(i), 1e-300) : run.gap(i));
  const toX = (i) => frame.left + across.share(i) * frame.width;
  const toY = (share) => frame.top + (1 - share) * frame.height;
  strokeLine(pen, trace((i) => i, value, last, toX, toY, frame), colour, theme.paper, 2, []);
  if (seen(toX(last), toY(value(last)), frame)) dot(pen, toX(last), toY(value(last)), 4, colour, theme.paper);
  pen.restore();
  return finder((i) => i, value, last, toX, toY);
}
