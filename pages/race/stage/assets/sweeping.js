// Sweeps one after the other, a slice of time at a time: so that what is no longer wanted is given up, be it in a worker of
// its own, which this file is too, or in the page, where there can be none.
const SLICE = 8; // milliseconds

export class Sweeping {
  /** folder: of the engine. found(name, rate): to be called when a sweep has come to its end; rate: null where it failed. */
  constructor(folder, found) {
    this.engine = import(`${folder}sweep.js`);
    this.found = found;
    this.wanted = new Map(); // name -> { asked, range, unbounded }
  }

  /** From now on these are wanted, in this order, and no others: [[name, { asked, range, unbounded }], ...]. */
  want(wanted) {
    this.wanted = new Map(wanted);
    if (!this.running) this.run();
  }

  async run() {
    this.running = true;
    while (this.wanted.size) {
      const [name, { asked, range, unbounded }] = this.wanted.entries().next().value;
      let rate = null;
      try {
        const { sweepOf } = await this.engine;
        const sweep = sweepOf(asked, range, unbounded);
        let end = performance.now() + SLICE;
        let step = sweep.next();
        for (; !step.done && this.wanted.has(name); step = sweep.next()) {
          if (performance.now() < end) continue;
          await new Promise((done) => setTimeout(done));
          end = performance.now() + SLICE;
        }
        if (step.done) rate = step.value;
      } catch (error) {
        console.warn(error);
      }
      if (this.wanted.delete(name)) this.found(name, rate);
    }
    this.running = false;
  }
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  const { searchParams } = new URL(self.location);
  const sweeping = new Sweeping(searchParams.get("engine"), (name, rate) => postMessage([name, rate]));
  addEventListener("message", ({ data }) => sweeping.want(data));
}
