// The best learning rate of a runner, all else being equal, as core/tuning.py sweeps for it.
//
//   const sweep = sweepOf({ ...scene, ...runner }, [low, high], unbounded);   // as core.browser told them; the slider's range
//   while (!(found = sweep.next()).done);                                     // a run at a time, so that it can be given up
//   found.value                                                               // the rate, in three digits
import { descend, groundOf } from "./descend.js";
import { arrived, cycling, escaped, longest, mark, swept } from "./formulas.js";

const { coarse, fine, seeds, alike } = swept;

/** Whether another seed is another run. */
const noisy = ({ noise = 0, batch = null }, { flat: { samples } }) => Boolean(noise || ((batch ?? samples?.batch) && !samples.inTurn));

export function* sweepOf(asked, [low, high], unbounded) {
  const ground = groundOf(asked);
  const lowest = unbounded ? 0 : ground.lowest;
  const repeats = noisy(asked, ground) ? seeds : 1;
  const at = (share) => Math.exp(Math.log(low) + Math.min(Math.max(share, 0), 1) * Math.log(high / low));
  const short = (rate) => Math.min(Math.max(Number(Math.min(Math.max(rate, low), high).toPrecision(3)), low), high);
  const scores = new Map();

  function* score(shares) {
    const rates = [...new Set(shares.map((share) => short(at(share))))].filter((rate) => !scores.has(rate));
    for (const rate of rates) scores.set(rate, 0);
    for (let seed = 0; seed < repeats; seed++) { // all rates with one noise, which is drawn once
      for (const rate of rates) {
        const run = descend({ ...asked, dotted: "", seed: (asked.seed ?? 0) + seed, hypers: { ...asked.hypers, lr: rate } });
        scores.set(rate, scores.get(rate) + scoreOf(run, asked.steps, lowest, unbounded) / repeats);
        yield;
      }
    }
  }

  /** The rate in the middle of the best ones. */
  function best() {
    const least = Math.min(...scores.values());
    const good = [...scores].filter(([, score]) => score <= least + alike).map(([rate]) => rate).sort((a, b) => a - b);
    return good[Math.floor(good.length / 2)];
  }

  yield* score(Array.from({ length: coarse }, (_, i) => (i + 0.5) / coarse));
  for (let width = 1 / coarse, turn = 0; turn < 2; turn++, width *= 2 / fine) {
    const middle = Math.log(best() / low) / Math.log(high / low);
    yield* score(Array.from({ length: fine }, (_, i) => middle + width * ((2 * i) / (fine - 1) - 1)));
  }
  return best();
}

function scoreOf({ loss, outcome, when, strayed }, steps, lowest, unbounded) {
  const end = outcome === cycling ? Math.max(...loss.slice(-longest)) : loss[steps];
  return mark(end, loss[0], lowest, unbounded, outcome === escaped, outcome === arrived, when, steps, strayed);
}
