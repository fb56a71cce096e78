// The interpreter of typed functions: it runs a program, which is data, with exact derivatives. As core/engine/interpreter.py.
// A program is a list of [operation, to, a, b, c]: `to`, `a` and `b` are registers, `c` is a number. x and y stand in registers
// 0 and 1; the last instruction leaves the function in its own.
import { of_sinc, share, times } from "./formulas.js";
import { copysign, pow, sign } from "./numbers.js";

const WIDTH = 6; // of a register: a value, its derivatives by x and y, and by xx, xy and yy
const { LN2, LN10 } = Math;

// What an operation on u and v says: its value, its derivatives by u and v, and its second ones. Where u or v may have grown
// beyond all bounds while the result has not, as in log(1 + exp(x)), 1/u² would be lost: there ff, fu and fv go with products
// of slopes of which one or both are those of the result itself.
const said = new Float64Array(9);
const [F, S, R, UU, UV, VV, FF, FU, FV] = said.keys();

function say(f, s = 0, r = 0, uu = 0, uv = 0, vv = 0) {
  said[F] = f;
  said[S] = s;
  said[R] = r;
  said[UU] = uu;
  said[UV] = uv;
  said[VV] = vv;
  said[FF] = said[FU] = said[FV] = 0;
}

/** say, of an operation whose second derivative is ff times the square of the result's slope. */
function sayGrown(f, s, ff) {
  say(f, s);
  said[FF] = ff;
}

const logOf = (u) => (u !== 0 ? Math.log(u) : 0);

const OPERATIONS = {
  number: (u, v, c) => say(c),
  add: (u, v) => say(u + v, 1, 1),
  sub: (u, v) => say(u - v, 1, -1),
  mul: (u, v) => say(u * v, v, u, 0, 1),
  div(u, v) {
    const f = u / v;
    say(f, 1 / v, -f / v);
    said[FV] = -1 / v;
  },
  add_c: (u, v, c) => say(u + c, 1),
  mul_c: (u, v, c) => say(u * c, c),
  div_c: (u, v, c) => say(u / c, 1 / c),
  c_sub: (u, v, c) => say(c - u, -1),
  c_div(u, v, c) {
    say(c / u, -(c / u) / u);
    said[FU] = -1 / u;
  },
  square: (u) => say(u * u, u + u, 0, 2),
  pow_c(u, v, c) {
    say(pow(u, c), c * pow(u, c - 1));
    if (u !== 0) said[FU] = (c - 1) / 2 / u;
    else said[UU] = c * (c - 1) * pow(u, c - 2);
  },
  c_pow(u, v, c) {
    const [f, growth] = [pow(c, u), logOf(c)];
    say(f, growth * f, 0, growth * growth * f);
  },
  sin: (u) => say(Math.sin(u), Math.cos(u), 0, -Math.sin(u)),
  cos: (u) => say(Math.cos(u), -Math.sin(u), 0, -Math.cos(u)),
  tan(u) {
    const f = Math.tan(u);
    say(f, 1 + f * f, 0, 2 * f * (1 + f * f));
  },
  asin(u) {
    const s = 1 / Math.sqrt((1 - u) * (1 + u));
    say(Math.asin(u), s, 0, u * s * s * s);
  },
  acos(u) {
    const s = -1 / Math.sqrt((1 - u) * (1 + u));
    say(Math.acos(u), s, 0, u * s * s * s);
  },
  atan(u) {
    const s = 1 / (1 + u * u);
    say(Math.atan(u), s, 0, -2 * u * s * s);
  },
  sinh: (u) => say(Math.sinh(u), Math.cosh(u), 0, Math.sinh(u)),
  cosh: (u) => say(Math.cosh(u), Math.sinh(u), 0, Math.cosh(u)),
  tanh(u) { // 1 - tanh² would cancel where the curve is flat
    const s = 1 / Math.cosh(u) / Math.cosh(u);
    say(Math.tanh(u), s, 0, -2 * Math.tanh(u) * s);
  },
  exp(u) {
    const f = Math.exp(u);
    say(f, f, 0, f);
  },
  expm1: (u) => say(Math.expm1(u), Math.exp(u), 0, Math.exp(u)),
  log: (u) => sayGrown(Math.log(u), 1 / u, -1),
  log1p: (u) => sayGrown(Math.log1p(u), 1 / (1 + u), -1),
  log2: (u) => sayGrown(Math.log2(u), 1 / (LN2 * u), -LN2),
  log10: (u) => sayGrown(Math.log10(u), 1 / (LN10 * u), -LN10),
  sqrt(u) {
    const f = Math.sqrt(u);
    sayGrown(f, 0.5 / f, -1 / f);
  },
  abs: (u) => say(Math.abs(u), sign(u)),
  sign: (u) => say(sign(u)),
  floor: (u) => say(Math.floor(u)),
  sinc(u) {
    const [f, s, uu] = of_sinc(u, Math.sin(u), Math.cos(u));
    say(f, s, 0, uu);
  },
  even_c(u, v, c) {
    const size = Math.abs(u);
    say(pow(size, c), times(sign(u), c * pow(size, c - 1)));
    if (u !== 0) said[FU] = (c - 1) / 2 / u;
    else said[UU] = c * (c - 1) * pow(size, c - 2);
  },
  odd_c(u, v, c) {
    const size = Math.abs(u);
    say(copysign(pow(size, c), u), c * pow(size, c - 1));
    if (u !== 0) said[FU] = (c - 1) / 2 / u;
  },
  pow(u, v) {
    const [f, less, growth] = [pow(u, v), pow(u, v - 1), logOf(u)];
    say(f, times(v, less), u !== 0 ? f * growth : 0, 0, less, f * growth * growth);
    if (u !== 0) {
      said[FU] = (v - 1) / 2 / u;
      said[UV] = less * (1 + ((v + 1) / 2) * growth);
    } else said[UU] = times(v * (v - 1), pow(u, v - 2));
  },
  min: (u, v) => say(Math.min(u, v), share(v, u), share(u, v)),
  max: (u, v) => say(Math.max(u, v), share(u, v), share(v, u)),
  hypot(u, v) {
    const f = Math.hypot(u, v);
    if (f === 0) return say(f);
    const [s, r] = [u / f, v / f];
    return say(f, s, r, (r * r) / f, (-s * r) / f, (s * s) / f);
  },
  atan2(u, v) {
    const q = u * u + v * v;
    const [s, r] = [v / q, -u / q];
    say(Math.atan2(u, v), s, r, 2 * s * r, r * r - s * s, -2 * s * r);
  },
  mul_log(u, v) {
    const [s, r] = [Math.log(v), u / v];
    if (v === 0) say(0, s, 0, 0, 1 / v);
    else say(u * s, s, r, 0, 1 / v, -r / v);
  },
  less: (u, v) => say(u < v ? 1 : 0),
  at_most: (u, v) => say(u <= v ? 1 : 0),
  when: (u, v) => (u !== 0 ? say(v, 0, 1) : say(0)), // nan is not 0
};

/** A typed function, which can be asked what a declared surface can. */
export class Program {
  constructor(rows) {
    this.rows = rows.map(([name, to, a, b, c]) => {
      const operation = OPERATIONS[name];
      if (!operation) throw new Error(`the interpreter has no instruction ${name}`);
      return { name, operation, to: WIDTH * to, a: WIDTH * a, b: WIDTH * b, c: Number(c) };
    });
    this.result = this.rows.at(-1).to;
    const highest = this.rows.reduce((most, { to, a, b }) => Math.max(most, to, a, b), WIDTH);
    this.registers = new Float64Array(highest + WIDTH);
    this.x = this.y = NaN; // where the registers were last worked out
  }

  value(x, y) {
    this.run(x, y);
    return this.registers[this.result];
  }

  gradient(x, y) {
    this.run(x, y);
    return [this.registers[this.result + 1], this.registers[this.result + 2]];
  }

  hessian(x, y) {
    this.begin(x, y);
    for (const row of this.rows) {
      this.apply(row);
      this.bends(row);
    }
    this.x = NaN; // the slopes may be rounded otherwise
    const [, , , xx, xy, yy] = this.registers.subarray(this.result, this.result + WIDTH);
    return [xx, xy, yy];
  }

  run(x, y) {
    if (x === this.x && y === this.y) return;
    this.begin(x, y);
    for (let i = 0; i < this.rows.length; i++) this.slopes(this.rows[i]);
  }

  /** x and y into their registers, knowing their own derivatives. */
  begin(x, y) {
    [this.x, this.y] = [x, y];
    this.registers.fill(0, 0, 2 * WIDTH);
    [this.registers[0], this.registers[1]] = [x, 1];
    [this.registers[WIDTH], this.registers[WIDTH + 2]] = [y, 1];
  }

  /** Value and slope. Plain arithmetic is written out; for everything else the chain rule is. */
  slopes(row) {
    const { name, to, a, b, c } = row;
    const W = this.registers;
    const [u, ux, uy, v, vx, vy] = [W[a], W[a + 1], W[a + 2], W[b], W[b + 1], W[b + 2]];
    switch (name) {
      case "add":
        return this.put(to, u + v, ux + vx, uy + vy);
      case "sub":
        return this.put(to, u - v, ux - vx, uy - vy);
      case "mul":
        return this.put(to, u * v, times(ux, v) + times(u, vx), times(uy, v) + times(u, vy));
      case "div":
        return this.put(to, u / v, (ux - times(u / v, vx)) / v, (uy - times(u / v, vy)) / v);
      case "add_c":
        return this.put(to, u + c, ux, uy);
      case "mul_c":
        return this.put(to, u * c, ux * c, uy * c);
      case "div_c":
        return this.put(to, u / c, ux / c, uy / c);
      case "c_sub":
        return this.put(to, c - u, -ux, -uy);
      case "square":
        return this.put(to, u * u, times(u + u, ux), times(u + u, uy));
      default:
        return this.apply(row);
    }
  }

  /** Value and slope by the chain rule. */
  apply({ operation, to, a, b, c }) {
    const W = this.registers;
    operation(W[a], W[b], c);
    const [s, r] = [said[S], said[R]];
    this.put(to, said[F], times(s, W[a + 1]) + times(r, W[b + 1]), times(s, W[a + 2]) + times(r, W[b + 2]));
  }

  put(to, f, fx, fy) {
    const W = this.registers;
    W[to] = f;
    W[to + 1] = fx;
    W[to + 2] = fy;
  }

  /** The second derivatives, after `apply`. */
  bends({ to, a, b }) {
    const W = this.registers;
    const [, s, r, uu, uv, vv, ff, fu, fv] = said;
    for (let k = 0; k < 3; k++) {
      const [one, two] = [Math.max(1, k), Math.min(2, k + 1)]; // xx, xy, yy
      const [a1, a2, b1, b2, d1, d2] = [W[a + one], W[a + two], W[b + one], W[b + two], W[to + one], W[to + two]];
      let bend = times(s, W[a + 3 + k]) + times(r, W[b + 3 + k]);
      bend += times(times(uu, a1), a2) + times(times(vv, b1), b2);
      bend += times(uv, times(a1, b2) + times(a2, b1));
      bend += times(ff, times(d1, d2));
      bend += times(times(fu, d1), a2) + times(times(fu, d2), a1);
      bend += times(times(fv, d1), b2) + times(times(fv, d2), b1);
      W[to + 3 + k] = bend;
    }
  }
}
