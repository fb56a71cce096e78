// The weights of every runner at any time of the film: those of a moment, or between two.
const AHEAD = 12; // moments that are asked for before the film has come to them

export class Weights {
  /** Those of small networks are here whole; those of large ones come moment by moment, as they are asked for. */
  constructor(film) {
    this.film = film;
    this.between = new Map();
    this.wanted = new Set();
  }

  /** The names of arrays that a header cannot do without. */
  static needed({ weights, gradients }) {
    return [...(typeof weights === "string" ? [weights] : []), ...(gradients ? [gradients] : [])];
  }

  /** All at moment m; null if they are not here. */
  moment({ weights }, m) {
    const { arrays, moments } = this.film;
    if (typeof weights !== "string") return arrays.get(weights[m]) ?? null;
    const all = arrays.get(weights);
    const length = all.length / moments.length;
    return all.subarray(m * length, (m + 1) * length);
  }

  /** All at time t. What is not here yet is asked for; until it comes the nearest that is here stands for it. */
  at(runner, t) {
    const m = Math.floor(t);
    this.want(runner, m);
    const low = this.moment(runner, m) ?? this.nearest(runner, m);
    const high = t > m ? this.moment(runner, m + 1) : null;
    if (!low || !high || !Number.isFinite(sum(high))) return low;
    let mixed = this.between.get(runner.index);
    if (mixed?.length !== low.length) this.between.set(runner.index, (mixed = new Float32Array(low.length)));
    const share = t - m;
    for (let i = 0; i < mixed.length; i++) mixed[i] = low[i] + (high[i] - low[i]) * share;
    return mixed;
  }

  nearest({ weights }, m) {
    const { arrays } = this.film;
    for (let by = 1; by < weights.length; by++) {
      const found = arrays.get(weights[m - by]) ?? arrays.get(weights[m + by]);
      if (found) return found;
    }
    return null;
  }

  want({ weights }, m) {
    if (typeof weights === "string") return;
    const { arrays, playing, speed } = this.film;
    const last = playing ? m + Math.ceil(AHEAD * Math.max(1, speed)) : m;
    for (const name of weights.slice(m, last + 1)) if (!arrays.has(name)) this.wanted.add(name);
  }

  /** Ask for what has been missed since the last time. */
  ask() {
    const { reporter } = this.film;
    if (!this.wanted.size || reporter.busy) return;
    reporter.report({ need: [...this.wanted] });
    this.wanted.clear();
  }
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Whether all are numbers. */
export const finite = (values) => values !== null && Number.isFinite(sum(values));
