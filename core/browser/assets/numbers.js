// What Python and NumPy mean by it, where JavaScript means something else or has no word for it.

/** x ** n for a whole n > 0: the products that the engine's compiler writes for it, in their order. */
export function whole(x, n) {
  let result = 1;
  for (;;) {
    if (n & 1) result *= x;
    n >>= 1;
    if (n === 0) return result;
    x *= x;
  }
}

export const square = (x) => x * x;

/** a ** b; JavaScript makes NaN of 1 ** NaN and of (±1) ** ∞. */
export function pow(a, b) {
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  return a ** b;
}

/** a modulo b, with the sign of b. */
export function mod(a, b) {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

export function floorDivide(a, b) {
  if (b === 0) return a / b;
  const rest = a % b;
  const ratio = (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0);
  const below = Math.floor(ratio);
  return ratio - below > 0.5 ? below + 1 : below; // what is left of a whole number when rounded
}

/** 1, -1, NaN, or 0 without a sign. */
export const sign = (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x);

/** The nearest whole number, of two the even one. */
export function rint(x) {
  const below = Math.floor(x);
  const above = x - below;
  return above < 0.5 || (above === 0.5 && below % 2 === 0) ? below : Number.isFinite(x) ? below + 1 : x;
}

export const isinf = (x) => Math.abs(x) === Infinity;
export const copysign = (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x));
export const heaviside = (x, middle) => (x < 0 ? 0 : x > 0 ? 1 : x === 0 ? middle : x);
export const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** The larger of two, or the one that is a number. */
export const fmax = (a, b) => (Number.isNaN(a) || b > a ? b : a);
export const fmin = (a, b) => (Number.isNaN(a) || b < a ? b : a);

/** Python's own max and min: the first, unless a later one is larger. */
export const larger = (...values) => values.reduce((best, value) => (value > best ? value : best));
export const smaller = (...values) => values.reduce((best, value) => (value < best ? value : best));

export function range(...edges) {
  const [first, end, step] = edges.length > 1 ? [...edges, 1] : [0, edges[0], 1];
  return Array.from({ length: Math.max(0, Math.ceil((end - first) / step)) }, (_, i) => first + i * step);
}
