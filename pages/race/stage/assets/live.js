// The race while something is held: what the sliders and the start show is run here, at once, by the formulas of the
// engine. The server hears of it on release; until it has taken a change over, the change stands.
import { number } from "../descent-lab.canvas/draw.js";
import { reliefOf } from "../descent-lab.canvas/look.js";
import { turned } from "./turned.js";
import { Rulers } from "./rulers.js";
import { isHeld, Watch } from "./watch.js";

const PATIENCE = 3000; // milliseconds after which a change that an idle server has not taken over is given up
const GROWS = 1.005; // what is less is written ×1, which says nothing
const BESIDES = 40; // runs whose points beside the path are remembered
const APART = 1e-6; // of the map: what is nearer than this is the same point on any screen

export class Live {
  constructor(stage) {
    this.stage = stage;
    this.moved = new Map(); // name of a control -> { slider, value, since, held }
    this.rulers = new Rulers(this);
    this.watch = new Watch((name) => this.slider(name), (name, value) => this.move(name, value));
  }

  // --- the engine -------------------------------------------------------------------------------

  /** Fetch the engine, once; without it the server's paths are drawn, as they come. */
  load(folder) {
    if (this.folder === folder) return this.loading;
    this.folder = folder;
    this.engine = null;
    this.loading = (folder ? import(new URL(`${folder}descend.js`, document.baseURI).href) : Promise.reject(new Error("no folder")))
      .then((engine) => {
        this.engine = engine;
        this.rulers.load(new URL(folder, document.baseURI).href);
      })
      .catch((error) => console.warn("the engine in the browser did not load; the server draws:", error));
    return this.loading;
  }

  get ready() {
    return Boolean(this.engine && this.stage.header?.live);
  }

  /** The path of a runner as the server has it, if it is found here too; else nothing. */
  found(header, i) {
    if (!this.engine) return null;
    try {
      const run = this.run(header.live, i);
      return agree(run, header.runners[i], header.surface) ? pathOf(run, header.surface.floor ?? 0) : null;
    } catch (error) {
      console.warn(error);
      return null;
    }
  }

  /** A runner whose run the server does not know yet: as it is found here, or else as it stands at the start. */
  sketched(header, i) {
    const runner = header.runners[i];
    try {
      if (this.engine) return { ...runner, ...told(this.run(header.live, i), header, this.engine.groundOf(header.live.scene)) };
    } catch (error) {
      console.warn(error);
    }
    return { ...runner, path: new Float32Array([...header.live.scene.start, NaN]) };
  }

  run({ scene, runners }, i) {
    return this.engine.descend({ ...scene, ...runners[i] });
  }

  /** What is drawn beside the path of a runner: points of its method, or an average; the loss there is told as `gap`. */
  besides(scene, runner, floor) {
    const name = JSON.stringify([scene, runner]);
    this.beside ??= new Map();
    if (!this.beside.has(name)) {
      if (this.beside.size > BESIDES) this.beside.clear();
      const ground = this.engine.groundOf(scene);
      const found = this.engine.descend({ ...scene, ...runner }).beside;
      this.beside.set(name, found.map(({ key, x, y }) => ({ key, x: (i) => x[i], y: (i) => y[i], gap: (i) => ground.value(x[i], y[i]) - floor, length: x.length })));
    }
    return this.beside.get(name);
  }

  /** The surface as it lies now: as the server sent it, or turned and stretched by what is held. */
  relief({ surface, live }, scene, arrays, current) {
    const lies = ({ rotation, stretch }) => `${rotation}|${stretch}`;
    if (lies(scene) === lies(live.scene)) return current?.key === surface.key ? current : reliefOf(surface, arrays);
    const key = `${surface.key}|${lies(scene)}`;
    if (current?.key === key) return current;
    const [from, to] = [live.scene, scene].map((where) => this.engine.groundOf(where));
    return reliefOf({ ...surface, ...turned(arrays.get(surface.marks), from, to, surface.n), key }, arrays);
  }

  // --- what is held -----------------------------------------------------------------------------

  /** A slider of the page by its name: what it moves, where it rests, and where it stands in the server's eyes. */
  slider(name) {
    const [kind, runner, field, rests] = this.stage.header?.live?.sliders[name] ?? [];
    if (!kind) return null;
    const slider = { kind, runner, field, rests: rests && [...(this.stage.arrays.get(rests) ?? [])] };
    return { ...slider, value: valueIn(this.stage.header.live, slider) };
  }

  /** Whether the picture shows something that the server has yet to take over. */
  get holds() {
    return this.moved.size > 0;
  }

  /** What a slider shows: what it is held at, or what the server says. */
  value(name, slider) {
    return this.moved.get(name)?.value ?? slider.value;
  }

  /** A control shows another value. */
  move(name, value, slider = this.slider(name), held = false) {
    if (!this.ready || !slider) return;
    if (same(value, valueIn(this.stage.header.live, slider)) && !held) this.moved.delete(name);
    else this.moved.set(name, { slider, value, held, since: performance.now() });
    this.stage.follow();
    this.look();
  }

  /** The server's word has come: what it has taken over is held no more. */
  take({ live }) {
    for (const [name, { slider, value, held }] of this.moved) {
      const gone = slider.kind !== "start" && name.startsWith("st-key-") && !live.sliders[name];
      if (gone || (!held && !isHeld(name) && same(value, valueIn(live, slider)))) this.moved.delete(name);
    }
  }

  /** A change that an idle server does not take over was refused: the picture goes back to what holds. */
  look() {
    clearTimeout(this.timer);
    if (!this.moved.size) return;
    this.timer = setTimeout(() => {
      const app = document.querySelector("[data-testid=stApp]")?.dataset ?? {};
      const now = performance.now();
      if (app.testScriptState !== "notRunning" || app.testConnectionState !== "CONNECTED") this.worked = now;
      const before = this.moved.size;
      for (const [name, { since, held }] of this.moved) {
        if (!held && !isHeld(name) && now - Math.max(since, this.worked ?? 0) > PATIENCE) this.moved.delete(name);
      }
      if (this.moved.size < before) this.stage.follow();
      this.look();
    }, 300);
  }

  /** Scene and runners of a message, with everything that is held. */
  held({ live }) {
    const scene = { ...live.scene };
    const runners = live.runners.map((runner) => ({ ...runner }));
    for (const { slider, value } of this.moved.values()) put({ scene, runners }, slider, value);
    return { scene, runners };
  }

  /** The runners of a message as they are to be drawn: those that something held has changed are run anew. */
  runners(header) {
    if (!this.engine || !this.moved.size) return header.runners;
    const held = this.held(header);
    const all = [...this.moved.values()].some(({ slider }) => slider.runner === null);
    const touched = new Set([...this.moved.values()].map(({ slider }) => slider.runner));
    return header.runners.map((runner, i) => {
      if (!all && !touched.has(i)) return runner;
      try {
        return { ...runner, ...told(this.run(held, i), header, this.engine.groundOf(held.scene)) };
      } catch (error) {
        console.warn(error);
        return runner;
      }
    });
  }

  leave() {
    clearTimeout(this.timer);
    this.watch.stop();
    this.rulers.leave();
  }
}

/** What moves the start. */
export const START = { kind: "scene", runner: null, field: "start" };

function valueIn({ scene, runners }, { kind, runner, field }) {
  if (kind === "scene") return scene[field];
  if (kind === "stop") return scene.stops?.[field];
  if (kind === "around") return runners[runner]?.modifiers?.[field[0]]?.[field[1]];
  const of = kind === "hyper" ? "hypers" : "scheduleHypers";
  return runners[runner ?? 0]?.[of][field];
}

function put({ scene, runners }, { kind, runner, field }, value) {
  if (kind === "scene") scene[field] = value;
  else if (kind === "stop") scene.stops = { ...scene.stops, [field]: value };
  else if (kind === "around") {
    const { modifiers } = runners[runner];
    const [key, name] = field;
    runners[runner].modifiers = { ...modifiers, [key]: { ...modifiers[key], [name]: value } };
  } else {
    const of = kind === "hyper" ? "hypers" : "scheduleHypers";
    runners.forEach((own, i) => {
      if (runner === null || runner === i) own[of] = { ...own[of], [field]: value };
    });
  }
}

const same = (a, b) => (Array.isArray(a) ? a.every((value, i) => value === b?.[i]) : a === b);

/** Columns end to end as the server sends them: x, y, and the loss above its floor; nan for what is off the page. */
export function pathOf({ x, y, loss }, floor) {
  const length = x.length;
  const path = new Float32Array(3 * length);
  for (let i = 0; i < length; i++) {
    path[i] = x[i];
    path[length + i] = y[i];
    path[2 * length + i] = loss[i] - floor;
  }
  for (let i = 0; i < path.length; i++) if (!Number.isFinite(path[i])) path[i] = NaN;
  return path;
}

/** What the stage tells of a run besides its path. */
function told(run, { surface, unbounded, fates }, ground) {
  const { outcome, when, minimum, final, growth } = run;
  return {
    path: pathOf(run, surface.floor ?? 0),
    used: (i) => [run.lr[i] ?? null, run.gx[i] ?? null, run.gy[i] ?? null],
    outcome,
    when,
    left: outcome === "escaped" ? when : null,
    growth: outcome === "escaped" && !unbounded && growth > GROWS ? number(growth) : null,
    final: Number.isFinite(final) ? final : null,
    arrived: outcome === "arrived" ? when : null,
    minimum: minimum < 0 ? null : ground.minima[minimum],
    verdict: fates[outcome],
  };
}

/** Whether a run is the one that the server speaks of. */
function agree(run, { compared, outcome, when }, { bounds }) {
  const size = Math.min(...bounds.map(([low, high]) => high - low));
  const near = (a, b) => (b === null ? !Number.isFinite(a) : Math.abs(a - b) <= APART * Math.max(size, Math.abs(b)));
  return run.outcome === outcome && run.when === when && compared.every(([step, x, y]) => near(run.x[step], x) && near(run.y[step], y));
}
