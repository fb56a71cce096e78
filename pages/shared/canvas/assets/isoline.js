// Where a grid of values passes a level: marching squares.
import { boxOf, cut } from "./clip.js";

// Which edges of a square a line crosses, by which of its corners lie above; edges: 0 below, 1 right, 2 above, 3 left.
const CROSSED = [[], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [[3, 0], [1, 2]], [[0, 2]], [[3, 2]], [[2, 3]], [[2, 0]], [[2, 1], [0, 3]], [[2, 1]], [[1, 3]], [[1, 0]], [[0, 3]], []];

/** Pieces [x0, y0, x1, y1, ...] of the line, in columns and rows. A square with a value missing has none. */
export function isoline(values, columns, level) {
  const pieces = [];
  const rows = values.length / columns;
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const corner = (i) => values[at + (i === 1 || i === 2 ? 1 : 0) + (i > 1 ? columns : 0)];
      const above = (corner(0) > level) | ((corner(1) > level) << 1) | ((corner(2) > level) << 2) | ((corner(3) > level) << 3);
      if (above === 0 || above === 15) continue; // most squares: nothing is made for them, since films ask for a line every frame
      const corners = [corner(0), corner(1), corner(2), corner(3)];
      if (corners.some(Number.isNaN)) continue;
      const share = (a, b) => (level - corners[a]) / (corners[b] - corners[a]);
      const point = (edge) =>
        edge === 0 ? [column + share(0, 1), row]
        : edge === 1 ? [column + 1, row + share(1, 2)]
        : edge === 2 ? [column + share(3, 2), row + 1]
        : [column, row + share(0, 3)];
      for (const [from, to] of CROSSED[above]) pieces.push(...point(from), ...point(to));
    }
  }
  return pieces;
}

/** The contour lines of a surface as one path in shares of its bounds, y upwards. */
export function contours(relief) {
  const { n, heights, levels } = relief;
  const flat = Float32Array.from({ length: n * n }, (_, i) => heights[Math.floor(i / n)][i % n]);
  const pieces = [];
  for (let level = levels[0]; level <= levels[1]; level += levels[2]) pieces.push(...isoline(flat, n, level));
  return pieces.map((value) => value / (n - 1));
}

/** Make pieces in shares of a frame the current path, as far as they show in another, of which it may be a part. */
export function tracePieces(pen, pieces, { left, top, width, height }, shown) {
  const box = boxOf(shown);
  pen.beginPath();
  for (let i = 0; i < pieces.length; i += 4) {
    const ends = [left + pieces[i] * width, top + (1 - pieces[i + 1]) * height, left + pieces[i + 2] * width, top + (1 - pieces[i + 3]) * height];
    if (!cut(ends, box)) continue;
    pen.moveTo(ends[0], ends[1]);
    pen.lineTo(ends[2], ends[3]);
  }
}
