// The rulers under the learning rates of the page: up to where a method is stable, and the best rate of a sweep. All of it is
// found here, and follows whatever is held; the page only keeps their places.
import { fill, number } from "../descent-lab.canvas/draw.js";
import { Sweeps } from "./sweeps.js";
import { placeOf, stopsOf } from "./watch.js";

const KINDS = ["start", "minimum"];
const LAG = 300; // milliseconds for which a best rate is still told that another may take the place of: most answers come before
const LONGEST = { rate: 8.88e-8, steps: 8888 }; // they take as much room as any

/** The ruler under a slider of the page. */
const rulerOf = (name) => document.querySelector(`.${CSS.escape(name)}`)?.nextElementSibling?.querySelector(".dl-ruler");

/** Whether a ruler shows nothing yet, or what another slider had. */
const isOthers = (ruler, name) => Boolean(ruler) && ruler.dataset.drawn !== name;

export class Rulers {
  constructor(live) {
    this.live = live;
    this.marks = new Map(); // name of a slider -> { start, minimum, best }, null for what is not known; the last best, known until since
    this.sweeps = new Sweeps(() => {
      this.draw();
      live.stage.strip.draw();
    });
    // The page puts up places when it likes, and gives one that was drawn to another slider.
    this.watch = new MutationObserver(() => {
      if ([...this.marks.keys()].some((name) => isOthers(rulerOf(name), name))) this.draw();
    });
    this.watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  }

  /** folder: the address of the engine. */
  load(folder) {
    this.sweeps.folder = folder;
  }

  /** Draw every ruler as the race stands, with what is held. */
  draw() {
    if (!this.live.ready) return;
    try {
      this.drawAll(this.live);
    } catch (error) {
      console.warn(error);
    }
  }

  drawAll(live) {
    const { header } = live.stage;
    const { scene, runners } = live.held(header);
    const rates = Object.entries(header.live.sliders).filter(([, [kind, , field]]) => kind === "hyper" && field === "lr");
    const sliders = rates.map(([name]) => live.slider(name));
    const bests = this.sweeps.best(
      sliders.map(({ runner, rests }) => ({
        asked: { ...scene, ...runners[runner] },
        range: [rests[0], rests.at(-1)],
        unbounded: header.unbounded,
      })),
    );
    const [before, now] = [this.marks, performance.now()];
    this.marks = new Map();
    rates.forEach(([name], k) => {
      const slider = sliders[k];
      const phrases = header.rulers[slider.runner];
      const limits = this.limits(header, scene, runners[slider.runner], phrases);
      const best = bests[k] ?? null;
      const { last = null, since = now } = before.get(name) ?? {};
      const marks = { ...limits, best, last: best ?? last, since: best ? now : since };
      this.marks.set(name, marks);
      const ruler = rulerOf(name);
      if (!ruler) return;
      ruler.dataset.drawn = name;
      this.put(ruler, stopsOf(slider), marks, phrases, scene.steps);
    });
  }

  /** Above which rate the method is unstable, at the start and at the minimum nearest to it; null where nobody knows. */
  limits({ pointed }, scene, runner, { moved }) {
    const { engine } = this.live;
    const ground = engine.groundOf(scene);
    const [x, y] = scene.start;
    const at = {
      start: pointed && ground.minima.some(([u, v]) => u === x && v === y) ? null : scene.start,
      minimum: pointed ? null : engine.nearestOf(ground, scene.start),
    };
    return Object.fromEntries(KINDS.map((kind) => [kind, (!moved && at[kind] && engine.limitOf(runner, ground, at[kind])) || null]));
  }

  /** The best rate as it was stays, but faint, until there is another. */
  put(ruler, stops, marks, phrases, steps) {
    const [bar, text] = [ruler.querySelector("div"), ruler.querySelector("p")];
    if (!bar || !text) return;
    const edges = KINDS.filter((kind) => marks[kind] > stops[0] && marks[kind] < stops.at(-1));
    const left = (rate) => `${placeOf(stops, rate).toFixed(2)}%`;
    bar.style.setProperty("--unstable", edges.length ? left(Math.min(...edges.map((kind) => marks[kind]))) : "100%");
    for (const kind of KINDS) {
      const tick = bar.querySelector(`.dl-at-${kind}`) ?? bar.appendChild(Object.assign(document.createElement("i"), { className: `dl-at-${kind}` }));
      tick.hidden = !edges.includes(kind);
      if (!tick.hidden) tick.style.left = left(marks[kind]);
    }
    const dot = bar.querySelector("b") ?? bar.appendChild(document.createElement("b"));
    dot.hidden = !marks.last;
    dot.classList.toggle("dl-stale", marks.best === null);
    if (marks.last) dot.style.left = left(marks.last);
    const fresh = marks.best ?? (performance.now() - marks.since < LAG ? marks.last : null);
    const told = { ...marks, best: fresh, ends: [stops[0], stops.at(-1)] };
    ruler.title = explained(phrases, told, steps);
    this.keepRoom(ruler, text, marks, phrases);
    const words = said(phrases, told, steps);
    if (text.textContent !== words) text.textContent = words; // else whoever watches the page would be told
    if (marks.best === null && fresh) this.drawLater();
  }

  /** Once more, when what is still told is old. */
  drawLater() {
    this.later ??= setTimeout(() => {
      this.later = null;
      this.draw();
    }, LAG);
  }

  /** As many lines as the longest figures would take: what lies below must not move while these change. */
  keepRoom(ruler, text, { start, minimum }, phrases) {
    const { rate, steps } = LONGEST;
    const longest = said(phrases, { start: start && rate, minimum: minimum && rate, best: rate }, steps);
    const room = `${longest} ${ruler.clientWidth}`;
    if (ruler.dataset.room === room || !ruler.clientWidth) return;
    ruler.dataset.room = room;
    text.style.minHeight = "";
    text.textContent = longest;
    text.style.minHeight = `${text.getBoundingClientRect().height}px`;
  }

  leave() {
    clearTimeout(this.later);
    this.watch.disconnect();
    this.sweeps.stop();
  }
}

const known = (rate) => (rate === null ? "…" : number(rate));

/** Each figure with what it holds for. */
function said(phrases, { start, minimum, best, ends = [] }, steps) {
  const limit = minimum ? fill(phrases.limit, { rate: number(minimum) }) : start && fill(phrases.limit_start, { rate: number(start) });
  const rate = `${"≤≥"[ends.indexOf(best)] ?? "≈"}\u00a0${known(best)}`;
  return [limit, fill(phrases.best, { rate, steps })].filter(Boolean).join(" · ");
}

/** What the marks stand for. */
function explained(phrases, { start, minimum, best, ends }, steps) {
  const lines = [
    start && fill(phrases.start, { rate: number(start) }),
    minimum && fill(phrases.minimum, { rate: number(minimum) }),
    fill(phrases.sweep, { rate: known(best), steps }),
    ends.includes(best) && phrases.end,
    phrases.moved,
    phrases.tune,
    minimum && best > minimum && phrases.above,
  ];
  return lines.filter(Boolean).join("\n");
}
