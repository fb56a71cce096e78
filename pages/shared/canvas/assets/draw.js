// Small helpers for drawing on a canvas that lies over a plot.
import { joined } from "./clip.js";

const DASHES = { solid: [], dash: [9, 5], dot: [2.5, 4], dashdot: [10, 4, 2.5, 4] };

export const dashOf = (name) => DASHES[name] ?? [];

/** A canvas over a plot, sharp on every screen. Returns its context, cleared, in CSS pixels. */
export function overlay(plot, className = "dl-over") {
  const view = plot.parentElement;
  const canvas = view.querySelector(`canvas.${className}`) ?? view.appendChild(Object.assign(document.createElement("canvas"), { className }));
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [view.clientWidth, view.clientHeight];
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

/** Where data coordinates fall in a Plotly plot, in CSS pixels. */
export function frameOf(plot) {
  const { xaxis, yaxis } = plot._fullLayout;
  const [left, top, width, height] = [xaxis._offset, yaxis._offset, xaxis._length, yaxis._length];
  return frameIn({ left, top, width, height }, xaxis.range.map(Number), yaxis.range.map(Number));
}

/** Where data coordinates fall in a rectangle that holds so much of both axes. */
export function frameIn({ left, top, width, height }, [x0, x1], [y0, y1]) {
  return {
    x: (value) => left + ((value - x0) / (x1 - x0)) * width,
    y: (value) => top + (1 - (value - y0) / (y1 - y0)) * height,
    left, top, width, height,
    invert: (px, py) => [x0 + ((px - left) / width) * (x1 - x0), y0 + (1 - (py - top) / height) * (y1 - y0)],
  };
}

/** Stroke the current path on a casing of paper, so that it stands out from whatever lies below. */
export function stroke(pen, colour, paper, width, dash) {
  cased(pen, colour, paper, width, dash, () => pen.stroke());
}

/** Stroke a traced line so. Its dashes go on behind a cut as if it had been drawn all the way. */
export function strokeLine(pen, pieces, colour, paper, width, dash) {
  const whole = joined(pieces);
  const period = dash.reduce((sum, part) => sum + part, 0);
  cased(pen, colour, paper, width, dash, (dashed) => {
    if (!dashed) return pen.stroke(whole);
    for (const { path, skipped } of pieces) {
      pen.lineDashOffset = skipped % period;
      pen.stroke(path);
    }
    pen.lineDashOffset = 0;
  });
}

const BESIDE = [[1, 4], [5, 4]]; // dashes of what is drawn beside a line, the first and the second

/** A line that leaves those under it to be seen: what is drawn beside a path. which: the first, or another. */
export function thinLine(pen, pieces, colour, which) {
  pen.save();
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = colour;
  pen.lineWidth = 1.7;
  pen.globalAlpha = which ? 0.6 : 1;
  pen.setLineDash(BESIDE[Math.min(which, BESIDE.length - 1)]);
  pen.stroke(joined(pieces));
  pen.restore();
}

function cased(pen, colour, paper, width, dash, draw) {
  pen.lineJoin = pen.lineCap = "round";
  pen.setLineDash([]);
  pen.strokeStyle = paper;
  pen.globalAlpha = 0.75;
  pen.lineWidth = width + 2.5;
  draw(false);
  pen.globalAlpha = 1;
  pen.setLineDash(dash);
  if (dash.length) pen.lineCap = "butt";
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  draw(dash.length > 0);
  pen.setLineDash([]);
}

export function dot(pen, x, y, radius, fill, ring) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  if (ring) {
    pen.lineWidth = 2;
    pen.strokeStyle = ring;
    pen.stroke();
  }
}

export function star(pen, x, y, radius, fill, ring) {
  pen.beginPath();
  for (let i = 0; i < 10; i++) {
    const r = i % 2 ? radius * 0.45 : radius;
    const angle = (Math.PI * i) / 5 - Math.PI / 2;
    pen.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  pen.closePath();
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = ring;
  pen.stroke();
  pen.fillStyle = fill;
  pen.fill();
}

export function cross(pen, x, y, size, colour, paper, width) {
  for (const [stroke, extra] of [[paper, 2.5], [colour, 0]]) {
    pen.beginPath();
    pen.moveTo(x - size, y - size);
    pen.lineTo(x + size, y + size);
    pen.moveTo(x + size, y - size);
    pen.lineTo(x - size, y + size);
    pen.strokeStyle = stroke;
    pen.lineWidth = width + extra;
    pen.lineCap = "round";
    pen.stroke();
  }
}

export function diamond(pen, x, y, size, colour, paper) {
  pen.beginPath();
  pen.moveTo(x, y - size);
  pen.lineTo(x + size, y);
  pen.lineTo(x, y + size);
  pen.lineTo(x - size, y);
  pen.closePath();
  pen.fillStyle = paper;
  pen.fill();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.75;
  pen.stroke();
}

/** An arrow head at a point, looking along (dx, dy). */
export function arrow(pen, x, y, dx, dy, size, colour, paper) {
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x - size * (ux + 0.55 * uy), y - size * (uy - 0.55 * ux));
  pen.lineTo(x - size * (ux - 0.55 * uy), y - size * (uy + 0.55 * ux));
  pen.closePath();
  pen.lineJoin = "round";
  pen.strokeStyle = paper;
  pen.lineWidth = 3;
  pen.stroke();
  pen.fillStyle = colour;
  pen.fill();
}

/** So many significant digits, with a real minus sign. */
function written(value, digits) {
  if (value === null || !Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const text = size === 0 || (size >= 1e-3 && size < 1e5) ? String(rounded) : rounded.toExponential().replace("e+", "e");
  return text.replaceAll("-", "−");
}

/** Three significant digits: written as Python writes them in the verdicts. */
export const number = (value) => written(value, 3);

/** Numbers in a row, each with as many digits as tell it from its neighbours: so that none is said at another's place. */
export function numbers(values, fewest = 3) {
  const sorted = [...values].sort((a, b) => a - b);
  const gap = (value) => {
    const i = sorted.indexOf(value);
    return Math.min(value - (sorted[i - 1] ?? -Infinity), (sorted[i + 1] ?? Infinity) - value);
  };
  const off = (value, digits) => Math.abs(Number(value.toPrecision(digits)) - value) > gap(value) / 10;
  return values.map((value) => {
    let digits = fewest;
    while (digits < 16 && off(value, digits)) digits++;
    return written(value, digits);
  });
}

/** Put named values into a sentence: fill("left at step {step}", {step: 7}). */
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The line that stands for a runner in legend and table. */
export function swatch(runner) {
  const dash = dashOf(runner.dash).map((d) => d * 0.8).join(" ");
  return `<svg class="dl-swatch" width="26" height="10" aria-hidden="true"><line x1="2" y1="5" x2="24" y2="5" stroke="${runner.colour}" stroke-width="3.5" stroke-dasharray="${dash}"/></svg>`;
}
