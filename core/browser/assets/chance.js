// Chance from a counter, as core/engine/noise.py draws it: normals and examples that depend on (seed, step) alone.
// SplitMix64 on 64 bits in two halves: numbers hold 53, and BigInt would take a hundred times as long.
const HIGH = 0;
const LOW = 1;
const GOLDEN = [0x9e3779b9, 0x7f4a7c15];
const MIX1 = [0xbf58476d, 0x1ce4e5b9];
const MIX2 = [0x94d049bb, 0x133111eb];
const WHOLE = 2 ** 32;
const ULP = 2 ** -53;

const z = new Int32Array(2); // the number at work

/** The two halves of a whole number below 2⁵³. */
function set(number) {
  z[HIGH] = Math.floor(number / WHOLE);
  z[LOW] = number % WHOLE; // (a store takes it modulo 2³²)
}

function add([high, low]) {
  const sum = (z[LOW] >>> 0) + (low >>> 0);
  z[LOW] = sum;
  z[HIGH] += high + (sum >= WHOLE);
}

/** The number times another, modulo 2⁶⁴: of the low halves the whole product, by halves of 16 bits. */
function multiply([high, low]) {
  const a = z[LOW];
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, low & 0xffff, low >>> 16];
  const first = a1 * b0 + (Math.imul(a0, b0) >>> 16);
  const second = a0 * b1 + (first & 0xffff);
  const carried = a1 * b1 + Math.floor(first / 0x10000) + Math.floor(second / 0x10000);
  z[HIGH] = carried + Math.imul(a, high) + Math.imul(z[HIGH], low);
  z[LOW] = Math.imul(a, low);
}

/** The number, each bit of it against the one so many places above it. */
function scatter(places) {
  z[LOW] ^= (z[LOW] >>> places) | (z[HIGH] << (32 - places));
  z[HIGH] ^= z[HIGH] >>> places;
}

/** The finaliser of SplitMix64: every bit of the result depends on every bit of z. */
function mix() {
  scatter(30);
  multiply(MIX1);
  scatter(27);
  multiply(MIX2);
  scatter(31);
}

/** Of the outputs of SplitMix64 begun at an origin the one with this counter. */
function bits(origin, counter) {
  set(counter + 1);
  multiply(GOLDEN);
  add(origin);
  mix();
}

/** The 53 highest bits, as a number. */
const top53 = () => (z[HIGH] >>> 0) * 2 ** 21 + (z[LOW] >>> 11);

const taken = () => [z[HIGH], z[LOW]];

/** Where the normals of a seed come from. */
function originOf(seed) {
  set(seed);
  mix();
  return taken();
}

/** Where the examples of a seed come from. */
function streamOf(seed) {
  set(seed);
  add(GOLDEN);
  mix();
  set(top53());
  mix();
  return taken();
}

export class Chance {
  constructor(seed) {
    this.origin = originOf(seed);
    this.stream = streamOf(seed);
    this.x = 0;
    this.y = 0;
  }

  /** x and y become the two normals of a step (Box and Muller). */
  draw(step) {
    bits(this.origin, 2 * step);
    const u = (top53() + 1) * ULP; // in (0, 1]: its logarithm is finite
    bits(this.origin, 2 * step + 1);
    const v = top53() * ULP;
    const r = Math.sqrt(-2 * Math.log(u));
    this.x = r * Math.cos(2 * Math.PI * v);
    this.y = r * Math.sin(2 * Math.PI * v);
  }

  /** The number 0 ... count - 1 of the example drawn at a counter. */
  example(counter, count) {
    bits(this.stream, counter);
    return (((z[HIGH] >>> 0) % count) * (WHOLE % count) + (z[LOW] >>> 0)) % count;
  }
}
