// Which learning rate is the best for each runner, as the race stands: a sweep that a worker makes beside the page.
import { Sweeping } from "./sweeping.js";

const REMEMBERED = 200; // sweeps: a slider that is moved back finds what it had
const LONG = 200; // milliseconds: where a sweep takes longer none is begun before what is held has come to rest, for so long

export class Sweeps {
  /** changed(): to be called when there is an answer. */
  constructor(changed) {
    this.changed = changed;
    this.known = new Map(); // what was asked -> the best rate; null where there is none to be found
    this.asked = "";
    this.folder = this.server = this.worker = null;
    this.began = this.took = 0; // when the sweep under way began, and how long the last one took, in milliseconds
  }

  /** Have the worker begin, where there is one: not before the first picture, which it would make late. */
  start() {
    const here = () => this.serve(new Sweeping(this.folder, (...told) => this.take(told)));
    this.server = { want() {} }; // until there is one
    try {
      const file = new URL("./sweeping.js", import.meta.url);
      file.searchParams.set("engine", this.folder);
      this.worker = new Worker(file, { type: "module" });
      this.worker.onerror = () => { // a browser that knows no such workers
        this.worker.terminate();
        this.worker = null;
        here();
      };
      this.worker.onmessage = ({ data }) => this.take(data);
      this.server = { want: (wanted) => this.worker?.postMessage(wanted) };
    } catch {
      here();
    }
  }

  serve(server) {
    this.server = server;
    this.asked = "";
    this.changed();
  }

  take([name, rate]) {
    const now = performance.now();
    [this.took, this.began] = [now - this.began, now];
    if (this.known.size >= REMEMBERED) this.known.delete(this.known.keys().next().value);
    this.known.set(name, rate);
    this.changed();
  }

  /** The best rates of these requests { asked, range, unbounded }; undefined for those that are still being looked for. */
  best(requests) {
    const named = requests.map(({ asked: { dotted, ...asked }, range, unbounded }) => {
      const request = { asked: { ...asked, hypers: { ...asked.hypers, lr: range[0] } }, range, unbounded };
      return [JSON.stringify(request), request];
    });
    const wanted = named.filter(([name]) => !this.known.has(name));
    const asked = wanted.map(([name]) => name).join();
    if (!this.server && this.folder) this.start();
    if (this.server && asked !== this.asked) {
      this.asked = asked;
      clearTimeout(this.waiting);
      if (this.took > LONG) {
        this.server.want([]);
        this.waiting = setTimeout(() => this.ask(wanted), LONG);
      } else this.ask(wanted);
    }
    return named.map(([name]) => this.known.get(name));
  }

  ask(wanted) {
    this.began = performance.now();
    this.server.want(wanted);
  }

  stop() {
    clearTimeout(this.waiting);
    this.server?.want([]);
    this.worker?.terminate();
    this.worker = null;
  }
}
