// The network itself: what it makes of many inputs at once, from a flat vector of its weights.
const REACH = 8; // within it an activation is read from a table, between whose entries it is as good as straight
const ENTRIES = 4096;

/** Replaces z by f(z), as (array, from, to). A table costs the same for every activation, and a tenth of a tanh. */
function tabled(f) {
  const scale = ENTRIES / (2 * REACH);
  const table = Float64Array.from({ length: ENTRIES + 2 }, (_, i) => f(i / scale - REACH));
  return (values, from, to) => {
    for (let i = from; i < to; i++) {
      const u = (values[i] + REACH) * scale;
      if (u >= 0 && u <= ENTRIES) {
        const k = u | 0;
        const low = table[k];
        values[i] = low + (table[k + 1] - low) * (u - k);
      } else values[i] = f(values[i]); // far out, or no number
    }
  };
}

export class Net {
  constructor({ sizes, parts, kind }, { forward }) {
    Object.assign(this, { sizes, parts, kind });
    this.activate = tabled((x) => forward(x));
    this.layers = parts.map(() => new Float64Array(0));
    this.work = parts.reduce((sum, { weights: [, rows, columns] }) => sum + rows * columns + 4 * columns, 0); // of one input
  }

  /** Outputs for `count` inputs; neuron j of a layer has its values from j * count on, in `layers` and in the inputs alike. */
  run(weights, inputs, count) {
    let from = inputs;
    this.parts.forEach(({ weights: [at, rows, columns], biases: [bias] }, l) => {
      if (this.layers[l].length < columns * count) this.layers[l] = new Float64Array(columns * count);
      const to = this.layers[l];
      for (let j = 0; j < columns; j++) {
        to.fill(weights[bias + j], j * count, (j + 1) * count);
        add(to, j * count, from, weights, at + j, rows, columns, count);
      }
      if (l < this.parts.length - 1) this.activate(to, 0, columns * count);
      from = to;
    });
    return from;
  }
}

/** Add to one neuron's values what all neurons before it send. Four at a time, so that a value is fetched and put back less often. */
function add(to, start, from, weights, at, rows, columns, count) {
  let i = 0;
  for (; i + 3 < rows; i += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => weights[at + (i + k) * columns]);
    for (let p = 0, q = i * count; p < count; p++, q++) {
      to[start + p] += a * from[q] + b * from[q + count] + c * from[q + 2 * count] + d * from[q + 3 * count];
    }
  }
  for (; i < rows; i++) {
    const weight = weights[at + i * columns];
    for (let p = 0, q = i * count; p < count; p++, q++) to[start + p] += weight * from[q];
  }
}

/** The probabilities of the classes of one input, from the outputs for `count` of them. */
export function softmax(outputs, classes, count = 1, which = 0) {
  const found = Float64Array.from({ length: classes }, (_, k) => outputs[k * count + which]);
  const top = Math.max(...found);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += found[k] = Math.exp(found[k] - top);
  return found.map((value) => value / sum);
}
