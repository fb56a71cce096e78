// The rulers under the learning rates of the page. While something is held that moves their marks the limits are known
// here; the best rate takes a search, and comes from the server on release. Streamlit draws a ruler with the whole page
// alone: what has changed since comes here, as the server draws it.
import { fill, number } from "../descent-lab.canvas/draw.js";
import { textOf } from "../descent-lab.canvas/wire.js";
import { placeOf, stopsOf } from "./watch.js";

const KINDS = ["start", "minimum"];

/** The ruler under a slider of the page. */
const rulerOf = (name) => document.querySelector(`.${CSS.escape(name)}`)?.nextElementSibling?.querySelector(".dl-ruler");

export class Rulers {
  constructor(live) {
    this.live = live;
    this.changed = new Map(); // ruler -> what the server has drawn there
  }

  /** Show what the server says of rulers that have changed. What is held goes on from there. */
  take({ rulers }, arrays) {
    for (const [name, text] of Object.entries(rulers)) {
      const ruler = rulerOf(name);
      if (!ruler) continue;
      const drawn = new DOMParser().parseFromString(textOf(arrays.get(text)).drawn, "text/html").querySelector(".dl-ruler");
      ruler.title = drawn.title;
      if (this.changed.has(ruler)) this.changed.set(ruler, drawn.innerHTML);
      else ruler.innerHTML = drawn.innerHTML;
    }
  }

  /** Move the marks of every runner whose limits depend on what is held. */
  follow(header) {
    const { live } = this;
    const held = live.held(header);
    const lengths = [...live.moved.values()].filter(({ slider }) => slider.field !== "lr");
    const touched = (i) => lengths.some(({ slider }) => slider.runner === null || slider.runner === i);
    const now = new Set();
    for (const [name, [kind, i, field]] of Object.entries(header.live.sliders)) {
      if (kind !== "hyper" || field !== "lr" || !touched(i)) continue;
      const ruler = rulerOf(name);
      if (!ruler) continue;
      now.add(ruler);
      this.move(ruler, live.slider(name), held, i, header);
    }
    for (const ruler of this.changed.keys()) if (!now.has(ruler)) this.restore(ruler);
  }

  move(ruler, slider, { scene, runners }, i, { runners: told, words }) {
    const { engine } = this.live;
    const ground = engine.groundOf(scene);
    const points = { start: scene.start, minimum: engine.nearestOf(ground, scene.start) };
    const [bar, text] = [ruler.querySelector("div"), ruler.querySelector("p")];
    if (!bar || !text) return;
    if (!this.changed.has(ruler)) {
      this.changed.set(ruler, ruler.innerHTML);
      text.style.minHeight = `${text.offsetHeight}px`; // what lies below must not move under the pointer
    }
    const stops = stopsOf(slider);
    const limits = KINDS.map((kind) => (told[i].ruler?.[kind] ?? null) !== null && points[kind] && engine.limitOf(runners[i], ground, points[kind]));
    const places = limits.filter(Boolean).map((limit) => placeOf(stops, limit));
    KINDS.forEach((kind, k) => {
      const mark = bar.querySelector(`.dl-at-${kind}`);
      if (mark && limits[k]) mark.style.left = `${placeOf(stops, limits[k])}%`;
    });
    bar.style.setProperty("--unstable", `${Math.min(100, ...places)}%`);
    bar.querySelector("b")?.style.setProperty("opacity", 0.25);
    const [atStart, atMinimum] = limits;
    if (atMinimum) text.textContent = fill(words.ruler_limit, { rate: number(atMinimum) });
    else if (atStart) text.textContent = fill(words.ruler_limit_start, { rate: number(atStart) });
  }

  /** What the server has drawn, unless it has drawn anew. */
  restore(ruler) {
    if (ruler.isConnected) ruler.innerHTML = this.changed.get(ruler);
    this.changed.delete(ruler);
  }
}
