// A surface that is being turned or stretched, as the server would send it: the grid, its scale, and the marked points.

const SPAN = 10; // as in core/figures/relief.py
const FINENESS = 30;

/** marks: those of the ground `from`, rows of x, y, f, kind. The same for the ground `to`, and its values on n × n points. */
export function turned(marks, from, to, n) {
  const [xs, ys] = to.bounds.map(([low, high]) => Float64Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1)));
  const grid = new Float32Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const f = to.value(xs[column], ys[row]);
      grid[row * n + column] = Number.isFinite(f) ? f : NaN;
    }
  }
  const moved = Float32Array.from(marks);
  for (let i = 0; i < marks.length; i += 4) moved.set(to.put(from.u(marks[i], marks[i + 1]), from.v(marks[i], marks[i + 1])), i);
  return { bounds: to.bounds, grid, marks: moved, ...scaleOf(grid) };
}

/** Logarithms where the highest point lies far above the middle one, as the figures of `core` choose them. */
function scaleOf(grid) {
  const values = grid.filter(Number.isFinite).sort();
  if (!values.length) return { scale: "linear", low: 0, unit: 1 };
  const [low, high] = [values[0], values.at(-1)];
  const half = values.length >> 1;
  const middle = values.length % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
  if (high - low <= SPAN * (middle - low)) return { scale: "linear", low, unit: 1 };
  return { scale: "log", low, unit: Math.max(middle - low, 1e-9 * (high - low)) / FINENESS };
}
