// The map before plotly.js has come: the same contours, axes and colours on a canvas, at the places that Plotly will take.
import { frameIn, number, overlay } from "../descent-lab.canvas/draw.js";
import { contours, tracePieces } from "../descent-lab.canvas/isoline.js";

const ROUND = [2, 5, 10]; // of a power of ten: so far apart are Plotly's ticks
const ROOM = { across: 80, up: 40 }; // pixels that it gives to each, but for
const COUNT = [4, 9]; // no fewer and no more of them

/** Draw it under everything that moves. shown: [x0, x1, y0, y1]. Gives back where data coordinates fall. */
export function sketchMap(plot, relief, theme, shown, margin) {
  if (!plot.clientWidth) return null;
  const at = frameFor(plot, shown, margin);
  const pen = overlay(plot, "dl-under");
  pen.fillStyle = theme.paper;
  pen.fillRect(at.left, at.top, at.width, at.height);
  pen.save();
  pen.beginPath();
  pen.rect(at.left, at.top, at.width, at.height);
  pen.clip();
  ground(pen, relief, theme, at);
  pen.restore();
  axes(pen, at, shown, theme);
  return at;
}

/** The largest frame at the top of the plot in which a unit is as long across as up. */
function frameFor({ clientWidth, clientHeight }, [x0, x1, y0, y1], { l, r, t, b }) {
  const [wide, high] = [clientWidth - l - r, clientHeight - t - b];
  const unit = Math.min(wide / (x1 - x0), high / (y1 - y0));
  const [width, height] = [unit * (x1 - x0), unit * (y1 - y0)];
  return frameIn({ left: l + (wide - width) / 2, top: t, width, height }, [x0, x1], [y0, y1]);
}

/** A colour for every pixel of the surface, and the lines between them. */
function ground(pen, relief, theme, at) {
  const { bounds: [[x0, x1], [y0, y1]], levels: [start, , size] } = relief;
  const whole = { left: at.x(x0), top: at.y(y1), width: at.x(x1) - at.x(x0), height: at.y(y0) - at.y(y1) };
  const [wide, high] = [at.width, at.height].map(Math.round);
  const band = bands(relief, theme);
  const image = new ImageData(wide, high);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < high; row++) {
    for (let column = 0; column < wide; column++) {
      const [x, y] = at.invert(at.left + column + 0.5, at.top + row + 0.5);
      if (x < x0 || x > x1 || y < y0 || y > y1) continue;
      const h = relief.ground(x, y);
      if (h === h) pixels[row * wide + column] = band(Math.floor((h - start) / size));
    }
  }
  const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: high });
  canvas.getContext("2d").putImageData(image, 0, 0);
  pen.drawImage(canvas, at.left, at.top, at.width, at.height);
  tracePieces(pen, contours(relief), whole, at);
  pen.lineWidth = 0.7;
  pen.strokeStyle = theme.contour;
  pen.stroke();
}

/** The colour between two levels, as Plotly spreads a scale over them: a pixel by the number of the level below. */
function bands({ levels: [start, end, size] }, { scale }) {
  const count = Math.floor((end + 1e-6 * size - start) / size) + 1;
  const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const made = Array.from({ length: count + 1 }, (_, i) => {
    const share = i / count;
    const after = Math.max(1, scale.findIndex(([stop]) => stop >= share));
    const [[from, below], [to, above]] = [scale[after - 1], scale[after]];
    const mixed = (share - from) / (to - from);
    const [r, g, b] = rgb(below).map((value, k) => Math.round(value + mixed * (rgb(above)[k] - value)));
    return (0xff << 24) | (b << 16) | (g << 8) | r;
  });
  return (level) => made[Math.min(Math.max(level + 1, 0), count)];
}

function axes(pen, { left, top, width, height, x, y }, [x0, x1, y0, y1], theme) {
  pen.strokeStyle = theme.line;
  pen.fillStyle = theme.quiet;
  pen.lineWidth = 1;
  pen.font = `12px ${theme.font}`;
  pen.strokeRect(Math.round(left) - 0.5, Math.round(top) - 0.5, Math.round(width) + 1, Math.round(height) + 1);
  pen.beginPath();
  pen.textAlign = "center";
  for (const value of ticks(x0, x1, width, ROOM.across)) {
    const at = Math.round(x(value)) + 0.5;
    pen.moveTo(at, top + height + 1);
    pen.lineTo(at, top + height + 5);
    pen.fillText(number(value), at, top + height + 19);
  }
  pen.textAlign = "right";
  for (const value of ticks(y0, y1, height, ROOM.up)) {
    const at = Math.round(y(value)) + 0.5;
    pen.moveTo(left - 1, at);
    pen.lineTo(left - 5, at);
    pen.fillText(number(value), left - 8, at + 4);
  }
  pen.stroke();
}

function ticks(low, high, pixels, room) {
  const rough = (high - low) / (Math.min(Math.max(pixels / room, COUNT[0]), COUNT[1]) + 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ROUND.find((size) => size >= rough / power);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; i++) found.push(+(i * step).toPrecision(12));
  return found;
}
