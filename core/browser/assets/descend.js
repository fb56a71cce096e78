// The run loop in the browser: what core/engine does to one lane, in the same order, so that it gives the same numbers.
//
//   import { descend, groundOf } from ".../descend.js";
//   const run = descend({ ...scene, ...runner });                                   // as core.browser told them
//   const other = descend({ ...scene, ...runner, hypers: { ...runner.hypers, lr: 0.2 } });  // after a slider has moved
//
// descend(asked) takes
//   surface          the key of a declared one, or { program, bounds, minima } of a typed function: always the same object,
//                    so that it is read once
//   rotation, stretch  where the surface lies; its map and its minima follow (degrees anticlockwise, 0; 1)
//   start, steps     [x, y]; a whole number of updates
//   optimizer        a key, with dialect ("pytorch") and hypers { lr: ..., ... }; what is missing takes its default
//   schedule         a key, with scheduleHypers { ..., warmup_steps, warmup_start }; of what may come in any number, such as
//                    drops, those that are there, in their order
//   noise, seed      standard deviation of the noise on the gradient (0), and what draws it and the examples (0)
//   batch            examples an update sees, 0 for all; null: as many as the surface says
//   tolerance        a distance: the run stops within it of a minimum; null: it runs to the end
//   modifiers        { key: { ... }, ... } what is put around the optimizer; stops { key: bound, ... } the rules that end a run
// and returns
//   x, y, loss       Float64Array (steps + 1), the start first; the loss without noise; NaN once there is no value any more
//   lr, gx, gy       Float64Array (steps): learning rates, and the gradients as the optimizer saw them
//   outcome          one of the words of core/engine/outcome.py; when: the step that belongs to it, or -1; minimum: the one at
//                    or around which it ended, as an index, or -1; missing: [x, y] of the point without a value, or NaN;
//                    strayed: whether it has ever been off the map, or nowhere
//   stopped, rule    the step at which it was stopped, or -1, and the rule by which: "distance" for the tolerance, or ""
//   evaluations      how often value and gradient were asked for
//   final, growth    the last loss; factor per step by which a run that left moves away (1 for the others)
//   beside           [{ key, x, y }] with dotted: "own" the points that the method keeps for itself, with "mean" or "ema" an
//                    average of its points, as core/beside.py has them; without it nothing
// It throws an Error with a sentence for what it does not know. Nothing that a visitor typed becomes code.
//
// limitOf({ ...runner }, ground, point) is the largest stable learning rate there, or null; nearestOf(ground, point) a minimum.
// groundOf(asked) is the surface where it lies: bounds, centre, size, minima, lowest, value(x, y), bend(x, y).
import { examples, normals } from "./chance.js";
import { Fate, growthOf } from "./fate.js";
import { averages, cycled, escaped, modifiers, optimizers, reach, schedules, stops } from "./formulas.js";
import { groundOf } from "./ground.js";
import { limitOf, nearestOf } from "./limit.js";

export { groundOf, limitOf, nearestOf };

export function descend(asked) {
  const { steps, start, tolerance = null } = asked;
  const ground = groundOf(asked);
  const sight = new Sight(ground, asked);
  const pace = new Pace(asked);
  const mover = moverOf(asked, sight);
  const around = modifiersOf(asked);
  const rules = Object.entries(asked.stops ?? {}).map(([key, bound]) => [key, stops[key].holds, bound]);
  const fate = new Fate(ground, tolerance ?? reach * ground.size, start, steps);
  const [xs, ys, losses] = [0, 1, 2].map(() => new Float64Array(steps + 1));
  const [rates, gxs, gys] = [0, 1, 2].map(() => new Float64Array(steps));
  let [x, y] = start;
  let rests = false;
  let [pastX, pastY, past] = [NaN, NaN, NaN];
  let end = { stopped: -1, rule: "", evaluations: 0 };
  const stop = (rule, stopped) => {
    rests = true;
    end = { stopped, rule, evaluations: stopped + sight.looks };
  };

  for (let t = 0; ; t++) {
    sight.look(x, y, t);
    if (sight.f - sight.f + (x - x) + (y - y) !== 0) {
      fate.giveUp(x, y, t);
      x = y = sight.f = sight.gx = sight.gy = NaN;
    }
    fate.watch(x, y, t);
    xs[t] = x;
    ys[t] = y;
    losses[t] = sight.f;
    fate.mark(x, y, t);
    if (t === steps) break;

    sight.disturb();
    for (const [key, holds, bound] of rests ? [] : rules) {
      if (!rests && holds(sight.f, past, sight.gx, sight.gy, x - pastX, y - pastY, t + sight.looks, bound)) stop(key, t);
    }
    [pastX, pastY, past] = [x, y, sight.f];
    for (const { change, own } of around.before) [sight.gx, sight.gy] = change(sight.gx, sight.gy, ...own);
    rates[t] = pace.at(t, sight.f);
    gxs[t] = sight.gx;
    gys[t] = sight.gy;
    if (rests) continue; // (the engine moves the optimizer on, to nobody's sight)
    mover.step(x, y, rates[t], t + 1, pace.momentum(t));
    let [newX, newY] = [mover.x, mover.y];
    for (const modifier of around.after) {
      newX = modified(modifier, modifier.ofX, newX, x, t + 1);
      newY = modified(modifier, modifier.ofY, newY, y, t + 1);
    }
    if (ground.flat.box) [newX, newY] = ground.confined(newX, newY);
    if (tolerance !== null) {
      const [dx, dy] = [newX - x, newY - y];
      if (dx * dx + dy * dy <= tolerance * tolerance && fate.near >= 0) {
        stop("distance", t);
        continue;
      }
    }
    [x, y] = [newX, newY];
    mover.note?.(x, y, t + 1);
  }

  if (!rests) end.evaluations = steps + sight.looks;
  if (mover.companions) for (const one of mover.companions) one.fill(xs, ys);
  const beside = mover.companions ?? besideOf(asked.dotted, xs, ys);
  const told = fate.told(xs, ys, end.stopped);
  const run = { x: xs, y: ys, loss: losses, lr: rates, gx: gxs, gy: gys, final: losses[steps], ...told, ...end, beside };
  return { ...run, growth: run.outcome === escaped ? growthOf(run, ground.centre) : 1 };
}

/** A record in a dialect, and the values of its hyperparameters in their order. */
function spoken(kind, records, key, dialect, given = {}) {
  const own = records[key];
  if (own === undefined) throw new Error(`there is no ${kind} ${key}`);
  const other = own.dialects?.[dialect];
  for (const entry of [own, other]) if (typeof entry === "string") throw new Error(entry);
  const record = { ...own, ...other };
  const unknown = Object.keys(given).find((name) => !(record.any || name in record.hypers));
  if (unknown !== undefined) throw new Error(`${kind} ${key} has no hyperparameter ${unknown}`);
  return { ...record, values: Object.values({ ...record.hypers, ...given }) };
}

/** The average of the points up to every step. */
function besideOf(kind, xs, ys) {
  const average = averages[kind];
  if (!average) return [];
  const along = (values) => {
    const found = Float64Array.from(values);
    for (let t = 1; t < values.length; t++) found[t] = average(found[t - 1], values[t], t);
    return found;
  };
  return [{ key: kind, x: along(xs), y: along(ys) }];
}

/** A point that a method keeps beside its own, step by step. */
class Companion {
  constructor(key, place, steps) {
    Object.assign(this, { key, place, x: new Float64Array(steps + 1).fill(NaN), y: new Float64Array(steps + 1).fill(NaN), last: 0 });
  }

  /** The start, where it is too, and where it stayed after the run was stopped. */
  fill(xs, ys) {
    [this.x[0], this.y[0]] = [xs[0], ys[0]];
    this.x.fill(this.x[this.last], this.last + 1);
    this.y.fill(this.y[this.last], this.last + 1);
  }
}

/** What is put around the optimizer, in the order in which it acts: before its update, and after it. */
function modifiersOf({ modifiers: asked = {}, dialect }) {
  const put = Object.keys(modifiers)
    .filter((key) => key in asked)
    .map((key) => {
      const { change, after, state, values } = spoken("modifier", modifiers, key, dialect, asked[key]);
      return { change, after, own: values, ofX: [...state], ofY: [...state] };
    });
  return { before: put.filter(({ after }) => !after), after: put.filter(({ after }) => after) };
}

/** One coordinate after an update, as a modifier puts it; its state is noted. */
function modified({ change, own }, state, x, before, t) {
  const [put, ...next] = change(x, before, t, ...state, ...own);
  state.splice(0, state.length, ...next);
  return put;
}

/** What a runner sees of the ground: the loss, and the gradient of the examples of a step, with its noise. */
class Sight {
  constructor(ground, { steps, noise = 0, seed = 0, batch = null }) {
    const { samples } = ground.flat;
    this.ground = ground;
    this.sigma = noise;
    this.normals = noise ? normals(seed, steps) : null;
    this.batch = batch ?? samples?.batch ?? 0;
    if (this.batch) {
      this.examples = samples.inTurn ? null : examples(seed, samples.count, (steps + 1) * this.batch);
      this.slope = (u, v) => this.sampled(u, v, samples);
    }
    this.f = this.gx = this.gy = this.nx = this.ny = this.t = this.looks = 0;
  }

  look(x, y, t) {
    this.t = t;
    this.ground.look(x, y, this.slope);
    ({ f: this.f, gx: this.gx, gy: this.gy } = this.ground);
  }

  /** The mean gradient of the examples of the step. */
  sampled(u, v, { gradient, count }) {
    let [sumX, sumY] = [0, 0];
    const first = this.t * this.batch;
    for (let i = first; i < first + this.batch; i++) {
      const [gx, gy] = gradient(u, v, this.examples ? this.examples[i] : i % count);
      sumX += gx;
      sumY += gy;
    }
    return [sumX / this.batch, sumY / this.batch];
  }

  /** Add the noise of the step to the gradient. */
  disturb() {
    if (!this.normals) return;
    this.nx = this.sigma * this.normals[2 * this.t];
    this.ny = this.sigma * this.normals[2 * this.t + 1];
    this.gx += this.nx;
    this.gy += this.ny;
  }

  /** Loss and gradient elsewhere, with the same examples and the same noise. */
  elsewhere(x, y) {
    this.looks++;
    this.ground.look(x, y, this.slope);
    const { f, gx, gy } = this.ground;
    return [f, gx + this.nx, gy + this.ny];
  }
}

/** The learning rate of every update: of a schedule, after a warm-up. */
class Pace {
  constructor({ schedule, scheduleHypers, dialect, hypers, optimizer, steps }) {
    const { factor, climb, watches, state, values, momentum = null } = spoken("schedule", schedules, schedule, dialect, scheduleHypers);
    const [warmup, start] = values.splice(0, 2);
    const { lr } = { ...spoken("optimizer", optimizers, optimizer, dialect).hypers, ...hypers };
    Object.assign(this, { factor, climb, watches, lr, steps, beside: momentum, warmup, start, state: [...state], own: values });
    this.length = Math.max(steps - warmup, 1);
  }

  at(t, loss) {
    const share = this.climb(t, this.warmup, this.start);
    return this.lr * (share * (this.watches ? this.seen(t, loss) : this.factor(Math.max(t - this.warmup, 0), this.length, ...this.own)));
  }

  /** What the schedule puts in the place of the momentum; NaN where it leaves that alone. */
  momentum(t) {
    return this.beside ? this.beside(Math.max(t - this.warmup, 0), this.length, ...this.own) : NaN;
  }

  seen(t, loss) {
    const [now, ...state] = this.factor(t, this.steps, loss, ...this.state, ...this.own);
    this.state = state;
    return now;
  }
}

function moverOf({ optimizer, dialect, hypers, dotted, steps }, sight) {
  const record = spoken("optimizer", optimizers, optimizer, dialect, hypers);
  return record.plane ? new Plane(record, sight) : new Apart(record, sight, dotted === "own" ? steps : null);
}

/** Where the momentum of a method stands among its arguments; null where it has none. */
function momentumOf(hypers, at) {
  const name = cycled.find((one) => one in hypers);
  return name === undefined ? null : at(name);
}

/** A method that treats the coordinates apart. */
class Apart {
  /** steps: of a run whose companions are wanted. */
  constructor({ update, state, hypers, values, companions = {} }, sight, steps) {
    Object.assign(this, { update, sight, slots: state.length, x: 0, y: 0 });
    if (steps !== null) this.companions = Object.entries(companions).map(([key, place]) => new Companion(key, place, steps));
    this.ofX = [0, 0, 0, ...state, ...values]; // the arguments of the update
    this.ofY = [...this.ofX];
    const at = (name) => 3 + state.length + Object.keys(hypers).indexOf(name);
    this.lr = at("lr");
    this.momentum = momentumOf(hypers, at);
  }

  step(x, y, lr, t, momentum) {
    if (momentum === momentum && this.momentum !== null) this.ofX[this.momentum] = this.ofY[this.momentum] = momentum;
    this.x = this.moved(this.ofX, x, this.sight.gx, t, lr);
    this.y = this.moved(this.ofY, y, this.sight.gy, t, lr);
  }

  /** After update t, which led to a point: where its companions are. */
  note(x, y, t) {
    for (const one of this.companions ?? []) {
      one.x[t] = one.place(x, t, ...this.ofX.slice(3));
      one.y[t] = one.place(y, t, ...this.ofY.slice(3));
      one.last = t;
    }
  }

  moved(told, at, g, t, lr) {
    told[0] = at;
    told[1] = g;
    told[2] = t;
    told[this.lr] = lr;
    const found = this.update(...told);
    for (let i = 0; i < this.slots; i++) told[3 + i] = found[1 + i];
    return found[0];
  }
}

/** A method that treats them together, and looks around. */
class Plane {
  constructor({ update, state, hypers, values }, sight) {
    Object.assign(this, { update, sight, values, x: 0, y: 0 });
    this.state = state.map((first) => [first, first]);
    const at = (name) => Object.keys(hypers).indexOf(name);
    this.lr = at("lr");
    this.momentum = momentumOf(hypers, at);
    this.here = {
      f: 0,
      look: (x, y) => sight.elsewhere(x, y),
      bend: () => {
        sight.looks += 2;
        return sight.ground.bend(this.x, this.y);
      },
      get lowest() {
        return sight.ground.lowest;
      },
    };
  }

  step(x, y, lr, t, momentum) {
    const { sight, values } = this;
    if (momentum === momentum && this.momentum !== null) values[this.momentum] = momentum;
    [this.x, this.y, this.here.f, values[this.lr]] = [x, y, sight.f, lr];
    const [point, ...state] = this.update([x, y], [sight.gx, sight.gy], t, this.here, ...this.state, ...values);
    [this.x, this.y] = point;
    this.state = state;
  }
}
