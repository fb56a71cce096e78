// Lines are cut at the edge of their picture before they are drawn: a step may lead millions of screens away.
const MARGIN = 16; // pixels beyond the edge that are still drawn: more than half the width of any line or mark

/** The edges [[x0, x1], [y0, y1]] of a frame {left, top, width, height} with its margin. */
export const boxOf = ({ left, top, width, height }) => [
  [left - MARGIN, left + width + MARGIN],
  [top - MARGIN, top + height + MARGIN],
];

/** Whether a point of the page shows in a frame, or might with its edge. */
export function seen(x, y, frame) {
  const [[x0, x1], [y0, y1]] = boxOf(frame);
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

/** Cut the segment `ends`, [ax, ay, bx, by], at the edges of a box, in place; false if it misses the box. */
export function cut(ends, box) {
  for (let axis = 0; axis < 2; axis++) {
    for (let high = 0; high < 2; high++) {
      const edge = box[axis][high];
      const [a, b] = [ends[axis], ends[2 + axis]];
      const [outA, outB] = high ? [a > edge, b > edge] : [a < edge, b < edge];
      if (outA && outB) return false;
      if (outA || outB) meet(ends, outA ? 0 : 2, axis, edge);
    }
  }
  return true;
}

/** Move one end to where the segment meets an edge; reckoned from the nearer end, for a share of nearly 1 has no digits. */
function meet(ends, end, axis, edge) {
  const near = Math.abs(ends[axis] - edge) <= Math.abs(ends[2 + axis] - edge) ? 0 : 2;
  const far = 2 - near;
  const share = (edge - ends[near + axis]) / (ends[far + axis] - ends[near + axis]);
  ends[end + 1 - axis] = ends[near + 1 - axis] * (1 - share) + ends[far + 1 - axis] * share;
  ends[end + axis] = edge;
}

/**
 * What can be seen in a frame of the points from..t of a path; `t` may lie between two steps. Pieces {path, skipped}:
 * the line breaks where a number is missing and where it is cut; `skipped` is how long it was before, in pixels.
 */
export function trace(xs, ys, t, toX, toY, frame, from = 0) {
  const box = boxOf(frame);
  const pieces = [];
  const ends = [0, 0, 0, 0];
  let path = null;
  let [lx, ly] = [NaN, NaN];
  let length = 0;
  const to = (px, py) => {
    ends[0] = lx;
    ends[1] = ly;
    ends[2] = lx = px;
    ends[3] = ly = py;
    const [ax, ay] = ends;
    if (Number.isNaN(ax + ay + px + py)) {
      path = null;
      return;
    }
    if (!cut(ends, box)) path = null;
    else {
      if (!path || ends[0] !== ax || ends[1] !== ay) {
        pieces.push({ path: (path = new Path2D()), skipped: length + distance(ax, ay, ends[0], ends[1]) });
        path.moveTo(ends[0], ends[1]);
      }
      path.lineTo(ends[2], ends[3]);
      if (ends[2] !== px || ends[3] !== py) path = null; // it has left
    }
    length += distance(ax, ay, px, py);
  };
  const whole = Math.floor(t);
  for (let i = Math.floor(from); i <= whole; i++) to(toX(xs(i)), toY(ys(i)));
  if (t > whole) to(toX(mix(xs, t)), toY(mix(ys, t)));
  return pieces;
}

const distance = (ax, ay, bx, by) => Math.sqrt((bx - ax) ** 2 + (by - ay) ** 2);

/** A value between two steps. */
export function mix(values, t) {
  const i = Math.floor(t);
  return t === i ? values(i) : values(i) + (values(i + 1) - values(i)) * (t - i);
}

/**
 * How near a line passes to a point of the page, and the step of it that lies nearest to where it does: {distance, i},
 * of the steps from..to. A line that is missing is infinitely far.
 */
export function approach(px, py, xs, ys, toX, toY, from, to) {
  let found = { distance: Infinity, i: -1 };
  let [ax, ay] = [NaN, NaN];
  for (let i = from; i <= to; i++) {
    const [bx, by] = [toX(xs(i)), toY(ys(i))];
    const square = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = square > 0 ? Math.min(Math.max(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / square, 0), 1) : 1;
    const whole = Number.isFinite(ax + ay) ? along : 1;
    const near = whole === 1 ? distance(px, py, bx, by) : distance(px, py, ax + (bx - ax) * whole, ay + (by - ay) * whole);
    if (near < found.distance) found = { distance: near, i: whole < 0.5 ? i - 1 : i };
    [ax, ay] = [bx, by];
  }
  return found;
}

/** Pieces of a line as one path. */
export function joined(pieces) {
  const path = new Path2D();
  for (const piece of pieces) path.addPath(piece.path);
  return path;
}
