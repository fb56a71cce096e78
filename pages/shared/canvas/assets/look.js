// Colours of a theme, and the surface as heights on the scale that shows its shape.
import { numbers } from "./draw.js";

const LINES = 22; // contour intervals between the lowest and the highest point

/** The page's colours, read from Streamlit's own variables. */
export function themeOf(root) {
  const css = getComputedStyle(root);
  const get = (name) => css.getPropertyValue(`--st-${name}`).trim();
  const paper = get("background-color") || "#ffffff";
  const dark = luminance(paper) < 0.4;
  const ink = get("text-color") || "#222222";
  return {
    name: `${dark ? "dark" : "light"}|${paper}|${ink}`,
    dark,
    paper,
    ink,
    quiet: blend(ink, paper, 0.28),
    line: get("border-color") || blend(ink, paper, 0.8),
    grid: blend(ink, paper, 0.9),
    font: css.fontFamily,
    contour: dark ? "rgba(190,215,240,0.26)" : "rgba(35,70,105,0.30)",
    scale: dark
      ? [[0, "#0d2136"], [0.35, "#16304a"], [0.7, "#24405a"], [1, "#33495d"]]
      : [[0, "#c9deee"], [0.35, "#dfebf4"], [0.7, "#f0f5f8"], [1, "#fbfaf6"]],
    scale3d: dark
      ? [[0, "#1b466b"], [0.35, "#2b5c80"], [0.7, "#4d7590"], [1, "#7f97a8"]]
      : [[0, "#7db4da"], [0.35, "#a3cae4"], [0.7, "#c7deec"], [1, "#e4eef5"]],
  };
}

function channels(colour) {
  const hex = colour.match(/^#([0-9a-f]{6})/i);
  if (hex) return [0, 2, 4].map((i) => parseInt(hex[1].slice(i, i + 2), 16));
  return (colour.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number);
}

function luminance(colour) {
  const [r, g, b] = channels(colour).map((c) => c / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function blend(a, b, share) {
  const [from, to] = [channels(a), channels(b)];
  return `rgb(${from.map((c, i) => Math.round(c + (to[i] - c) * share)).join(",")})`;
}

/** The surface of a header, ready to draw: heights, contour levels, ticks, and the ground under any point. */
export function reliefOf(surface, arrays) {
  const { bounds, n, scale, low, unit } = surface;
  const [[x0, x1], [y0, y1]] = bounds;
  const grid = arrays.get(surface.grid) ?? surface.grid;
  const height = scale === "log" ? (f) => Math.log10(1 + Math.max(f - low, 0) / unit) : (f) => f;
  const value = scale === "log" ? (h) => low + unit * (10 ** h - 1) : (h) => h;
  const spread = (a, b) => Float64Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1));
  const heights = Array.from({ length: n }, (_, row) => Float32Array.from(grid.subarray(row * n, (row + 1) * n), height));
  let [floor, top] = [Infinity, -Infinity];
  for (const row of heights) {
    for (const h of row) {
      if (h < floor) floor = h;
      if (h > top) top = h;
    }
  }
  const span = top - floor || 1;
  const told = [0, 0.25, 0.5, 0.75, 1].map((share) => floor + share * span);
  const hair = scale === "log" ? 0 : span / 1000; // halfway between −2 and 2 is 0, and not −1.1e−6
  const words = numbers(told.map((h) => (Math.abs(h) < hair ? 0 : value(h))), 2);
  const raw = arrays.get(surface.marks) ?? surface.marks;
  const marks = Array.from({ length: raw.length / 4 }, (_, i) => [...raw.subarray(4 * i, 4 * i + 4)]);
  return {
    key: surface.key,
    bounds,
    n,
    x: spread(x0, x1),
    y: spread(y0, y1),
    heights,
    height,
    floor,
    top,
    span,
    levels: [floor + span / LINES / 2, top, span / LINES],
    ticks: told.map((h, i) => [h, words[i]]),
    marks,
    minimum: surface.floor,
    ground(x, y) {
      const u = Math.min(Math.max(((x - x0) / (x1 - x0)) * (n - 1), 0), n - 1.000001);
      const v = Math.min(Math.max(((y - y0) / (y1 - y0)) * (n - 1), 0), n - 1.000001);
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const [a, b] = [u - i, v - j];
      const near = heights[j][i] * (1 - a) + heights[j][i + 1] * a;
      const far = heights[j + 1][i] * (1 - a) + heights[j + 1][i + 1] * a;
      return near * (1 - b) + far * b;
    },
  };
}
