// A surface where it lies: turned and stretched about the middle of its map, as `Surface.placed` does it.
import { surfaces } from "./formulas.js";
import { Program } from "./program.js";

const LEVEL = 101; // points along each side of the map, where the lowest value of a surface without minima is looked for

export class Ground {
  /** flat: the surface as it is declared. rotation: in degrees, anticlockwise. stretch: squeezes along its own y axis. */
  constructor(flat, rotation, stretch) {
    const turn = ((rotation % 360) + 360) % 360;
    const [[x0, x1], [y0, y1]] = flat.bounds;
    const c = Math.cos(turn * (Math.PI / 180));
    const s = Math.sin(turn * (Math.PI / 180));
    this.flat = flat;
    this.placed = turn !== 0 || stretch !== 1;
    this.centre = [(x0 + x1) / 2, (y0 + y1) / 2];
    [this.cx, this.cy] = this.centre;
    [this.xx, this.xy, this.yx, this.yy] = [c, s, -s * stretch, c * stretch]; // the matrix, row by row
    const [width, height] = [(x1 - x0) / 2, (y1 - y0) / 2];
    const wide = Math.max(width, (Math.abs(s) * height) / stretch);
    const high = Math.max(height, (Math.abs(c) * height) / stretch);
    this.bounds =
      !this.placed || stretch >= 1 ? flat.bounds : [[this.cx - wide, this.cx + wide], [this.cy - high, this.cy + high]];
    this.size = Math.min(...this.bounds.map(([low, high]) => high - low));
    this.put = (u, v) => {
      if (!this.placed) return [u, v];
      const [dx, dy] = [u - this.cx, (v - this.cy) / stretch];
      return [this.cx + c * dx - s * dy, this.cy + s * dx + c * dy];
    };
    this.minima = flat.minima.map(([u, v]) => this.put(u, v));
    this.f = this.gx = this.gy = 0;
  }

  /** The point as the surface was declared for it. */
  u(x, y) {
    return this.placed ? this.cx + this.xx * (x - this.cx) + this.xy * (y - this.cy) : x;
  }

  v(x, y) {
    return this.placed ? this.cy + this.yx * (x - this.cx) + this.yy * (y - this.cy) : y;
  }

  value(x, y) {
    return this.flat.value(this.u(x, y), this.v(x, y));
  }

  /** f, gx and gy become value and gradient at a point; the gradient as `slope(u, v)` says, if that is given. */
  look(x, y, slope) {
    const [u, v] = [this.u(x, y), this.v(x, y)];
    this.f = this.flat.value(u, v);
    const [gu, gv] = slope ? slope(u, v) : this.flat.gradient(u, v);
    this.gx = this.placed ? this.xx * gu + this.yx * gv : gu;
    this.gy = this.placed ? this.xy * gu + this.yy * gv : gv;
  }

  /** The second derivatives by xx, xy and yy. */
  bend(x, y) {
    const { xx, xy, yx, yy } = this;
    const [p, q, r] = this.flat.hessian(this.u(x, y), this.v(x, y));
    if (!this.placed) return [p, q, r];
    return [
      xx * xx * p + 2 * xx * yx * q + yx * yx * r,
      xx * xy * p + (xx * yy + xy * yx) * q + yx * yy * r,
      xy * xy * p + 2 * xy * yy * q + yy * yy * r,
    ];
  }

  /** The lowest known value: at the best minimum, or where there is none, on a grid over the map. */
  get lowest() {
    this.least ??= this.minima.length ? Math.min(...this.minima.map(([x, y]) => this.value(x, y))) : this.lowestOnMap();
    return this.least;
  }

  lowestOnMap() {
    const [xs, ys] = this.bounds.map(([low, high]) =>
      Array.from({ length: LEVEL }, (_, i) => (i < LEVEL - 1 ? low + i * ((high - low) / (LEVEL - 1)) : high)),
    );
    let least = NaN;
    for (const y of ys) for (const x of xs) {
      const value = this.value(x, y);
      if (!(value >= least) && !Number.isNaN(value)) least = value;
    }
    return least;
  }

  /** The nearest point that the box of the surface allows. */
  confined(x, y) {
    const [[u0, u1], [v0, v1]] = this.flat.box;
    const [u, v] = [this.u(x, y), this.v(x, y)];
    const within = [u < u0 ? u0 : u > u1 ? u1 : u, v < v0 ? v0 : v > v1 ? v1 : v];
    if (within[0] === u && within[1] === v) return [x, y];
    if (!this.placed) return within;
    const [du, dv] = [within[0] - this.cx, within[1] - this.cy];
    const det = this.xx * this.yy - this.xy * this.yx;
    return [this.cx + (this.yy * du - this.xy * dv) / det, this.cy + (this.xx * dv - this.yx * du) / det];
  }
}

const known = new WeakMap(); // surface -> where it lay last

/** The ground of a scene: of a declared surface by its key, or of a typed function by its program. */
export function groundOf({ surface, rotation = 0, stretch = 1 }) {
  const declared = typeof surface === "string" ? surfaces[surface] : surface;
  if (typeof declared !== "object") throw new Error(declared ?? `there is no surface ${surface}`);
  const last = known.get(declared);
  if (last?.rotation === rotation && last.stretch === stretch) return last.ground;
  const flat = declared.program ? last?.ground.flat ?? Object.assign(new Program(declared.program), { bounds: declared.bounds, minima: declared.minima }) : declared;
  const ground = new Ground(flat, rotation, stretch);
  known.set(declared, { rotation, stretch, ground });
  return ground;
}
