// Where a map is computed: points in rows, from the highest to the lowest, whose outermost lie on its edge.
export class Grid {
  constructor([[x0, x1], [y0, y1]], columns, rows) {
    Object.assign(this, { columns, rows, count: columns * rows });
    this.inputs = new Float64Array(2 * this.count);
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        this.inputs[i] = x0 + ((x1 - x0) * column) / (columns - 1);
        this.inputs[this.count + i] = y1 + ((y0 - y1) * row) / (rows - 1);
      }
    }
  }
}

const made = new Map();

/** The grid of a size, made once for all panels of a picture. */
export function gridOf(bounds, columns, rows) {
  const key = JSON.stringify([bounds, columns, rows]);
  if (!made.has(key)) {
    if (made.size > 12) made.clear();
    made.set(key, new Grid(bounds, columns, rows));
  }
  return made.get(key);
}

/** Put colours on a canvas of as many pixels as the grid has points, and stretch it so that those at the edge lie on the edge. */
export function spread(canvas, grid, colours) {
  const { columns, rows } = grid;
  if (canvas.width !== columns || canvas.height !== rows) {
    Object.assign(canvas, { width: columns, height: rows });
    const across = 100 / (columns - 1);
    const down = 100 / (rows - 1);
    Object.assign(canvas.style, { width: `${100 + across}%`, height: `${100 + down}%`, left: `${-across / 2}%`, top: `${-down / 2}%` });
  }
  canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(colours.buffer, 0, 4 * columns * rows), columns, rows), 0, 0);
}
