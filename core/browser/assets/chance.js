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
  z[LOW] = number; // a store takes it modulo 2³²
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

/** The same function, which keeps what it gave last: all runners of a scene draw the same numbers, and every frame again. */
function kept(make) {
  let [asked, made] = [[], null];
  return (...given) => {
    if (given.some((value, i) => value !== asked[i])) [asked, made] = [given, make(...given)];
    return made;
  };
}

/** (2 * steps) two independent standard normals for every step: radius and angle of a point (Box and Muller). */
export const normals = kept((seed, steps) => {
  const drawn = new Float64Array(2 * steps);
  set(seed);
  mix();
  const origin = taken();
  for (let i = 0; i < drawn.length; i += 2) {
    bits(origin, i);
    const r = Math.sqrt(-2 * Math.log((top53() + 1) * ULP)); // of a number in (0, 1]: its logarithm is finite
    bits(origin, i + 1);
    const angle = 2 * Math.PI * (top53() * ULP);
    drawn[i] = r * Math.cos(angle);
    drawn[i + 1] = r * Math.sin(angle);
  }
  return drawn;
});

/** So many examples of 0 ... count - 1, drawn one after the other. */
export const examples = kept((seed, count, number) => {
  const drawn = new Uint32Array(number);
  set(seed);
  add(GOLDEN);
  mix();
  set(top53());
  mix();
  const stream = taken();
  const wrapped = WHOLE % count;
  for (let i = 0; i < number; i++) {
    bits(stream, i);
    drawn[i] = (((z[HIGH] >>> 0) % count) * wrapped + (z[LOW] >>> 0)) % count;
  }
  return drawn;
});
