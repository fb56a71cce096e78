// What becomes of a runner, step by step: off the map, at a minimum, nowhere. As core/engine/loop.py keeps it; what it comes
// to in the end is told by the rules of core/engine/outcome.py themselves.
import { circle, circled, longest, period, still, verdict, words } from "./formulas.js";

const GROWING = 20; // steps over which the growth of a run that left is told

export class Fate {
  /** reach: how near is at a minimum. The map is that of the ground, widened by a start outside. */
  constructor(ground, reach, [x, y], steps) {
    const [[x0, x1], [y0, y1]] = ground.bounds;
    Object.assign(this, { ground, steps, square: reach * reach, reach });
    [this.lowX, this.highX] = [Math.min(x0, x), Math.max(x1, x)];
    [this.lowY, this.highY] = [Math.min(y0, y), Math.max(y1, y)];
    this.tail = steps - (steps >= 10 ? Math.floor(steps / 10) : 1); // the last tenth begins here
    this.left = this.near = this.since = this.lost = this.goal = -1;
    [this.goalX, this.goalY, this.viewX, this.viewY, this.view] = [0, 0, 0, 0, -1];
    [this.tailX, this.tailY] = [0, 0];
    this.missing = [NaN, NaN];
    this.dead = this.strayed = false;
  }

  onMap(x, y) {
    return x >= this.lowX && x <= this.highX && y >= this.lowY && y <= this.highY;
  }

  /**
   * There is no value at a point, or no position left to tell.
   *
   * If it is on the map, or was at the last step, it has not left: `lost` is then the step of that point, and if it has no
   * value, `missing` is where it is.
   */
  giveUp(x, y, t) {
    if (this.dead) return;
    this.dead = true;
    if (this.onMap(x, y)) [this.lost, this.missing] = [t, [x, y]];
    else if (!Number.isFinite(x + y) && t > 0 && this.left < 0) this.lost = t - 1;
  }

  /** See to it that the one minimum that the point may be at is in view. Most of the time it still is. */
  watch(x, y, t) {
    const [dx, dy] = [x - this.viewX, y - this.viewY];
    if (!(dx * dx + dy * dy <= this.view) && !this.dead) this.aim(x, y);
    if (t === this.tail) [this.tailX, this.tailY] = [x, y];
  }

  /**
   * Choose the goal: the nearest minimum, of several within reach the first declared.
   *
   * Until the point has moved by its distance to the next one, less the reach, it can be at no other.
   */
  aim(x, y) {
    const { minima } = this.ground;
    let [goal, nearest, second] = [-1, Infinity, Infinity];
    for (let k = 0; k < minima.length; k++) {
      const [dx, dy] = [x - minima[k][0], y - minima[k][1]];
      const distance = dx * dx + dy * dy;
      const square = distance <= this.square ? 0 : distance;
      if (square < nearest) [goal, nearest, second] = [k, square, nearest];
      else if (square < second) second = square;
    }
    if (goal >= 0) [this.goal, this.goalX, this.goalY] = [goal, ...minima[goal]];
    const free = Math.sqrt(second) - this.reach;
    [this.viewX, this.viewY] = [x, y];
    this.view = free > 0 ? free * free * (1 - 1e-9) : -1; // a little less, whatever is rounded
  }

  /** Since when the point has been off the map, and at which minimum it has been since when. */
  mark(x, y, t) {
    this.left = this.onMap(x, y) ? -1 : this.left < 0 ? t : this.left;
    this.strayed ||= this.left >= 0;
    const [dx, dy] = [x - this.goalX, y - this.goalY];
    const at = dx * dx + dy * dy <= this.square ? this.goal : -1;
    if (at !== this.near) this.since = t;
    this.near = at;
  }

  /** How it ended, from all points: a word, the step and the minimum that belong to it (-1: none), the point without a value. stopped: since when a rule holds it, or -1. */
  told(xs, ys, stopped) {
    const { steps, ground } = this;
    const [dx, dy] = [xs[steps] - this.tailX, ys[steps] - this.tailY];
    const rest = still * ground.size;
    const last = [xs, ys, steps, steps, -1]; // where the last points are, one before the other
    const loop = period(...last, Math.min(longest, Math.floor((steps + 1) / 2)), rest);
    const around = loop > 1 ? circled(ground.minima, ...circle(...last, loop)) : -1;
    const moved = Math.sqrt(dx * dx + dy * dy);
    const [word, when, minimum] = verdict(steps, this.lost, this.left, this.near, this.since, stopped, loop, around, moved, rest);
    return { outcome: words[word], when, minimum, missing: this.missing, strayed: this.strayed };
  }
}

/** Factor per step by which a runner that left moves away from the middle of the map: a geometric mean. */
export function growthOf({ x, y, when }, [cx, cy]) {
  let [count, first, last] = [0, 0, 0];
  for (let t = x.length - 1; t >= when && count <= GROWING; t--) {
    const distance = Math.hypot(x[t] - cx, y[t] - cy);
    if (!(distance > 0 && distance < Infinity)) continue;
    first = distance;
    if (!count++) last = distance;
  }
  return count < 2 ? 1 : Math.exp((Math.log(last) - Math.log(first)) / (count - 1));
}
