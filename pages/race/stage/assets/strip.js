// A slim strip of sliders under the picture, for where the sidebar is out of sight: on a phone, in full screen, folded.
import { number, swatch } from "../descent-lab.canvas/draw.js";
import { placeOf, stopsOf } from "./watch.js";

export class Strip {
  constructor(box, stage) {
    this.box = box;
    this.stage = stage;
    this.chosen = 0;
    this.rows = [];
  }

  get visible() {
    return this.box.offsetParent !== null || getComputedStyle(this.box).display !== "none";
  }

  /** Under the views, but on a narrow screen, where these lie one under the other, beside the map. */
  place(narrow) {
    const { map, transport } = this.stage;
    const before = narrow ? map.section : transport.bar.previousElementSibling;
    if (before !== this.box && this.box.previousElementSibling !== before) before.after(this.box);
  }

  /** The sliders of the chosen runner and of the length, as they stand; made anew only where they are others. */
  draw() {
    const { header, runners, live } = this.stage;
    if (!live.ready || !runners.length) return this.box.replaceChildren();
    this.chosen = Math.min(this.chosen, runners.length - 1);
    const sliders = this.wanted(header.live);
    const made = JSON.stringify([sliders, runners[this.chosen].label, runners[this.chosen].colour, header.words.steps]);
    if (made !== this.made) {
      this.made = made;
      const who = document.createElement("b");
      who.innerHTML = swatch(runners[this.chosen]);
      who.append(runners[this.chosen].label);
      this.rows = sliders.map(([name, label]) => new Row(name, label, this));
      this.box.replaceChildren(who, ...this.rows.map((row) => row.box));
    }
    for (const row of this.rows) row.show();
  }

  /** Name and words of every slider: those of the runner that matter most, and the steps. */
  wanted({ sliders, main }) {
    const { words, runners } = this.stage;
    const own = Object.entries(sliders).filter(([, [kind, i, field]]) => kind === "hyper" && i === this.chosen && main[i][field]);
    const of = runners[this.chosen].label;
    return [...own.map(([name, [, i, field]]) => [name, main[i][field], of]), ["st-key-steps", words.steps, ""]];
  }

  choose(i) {
    this.chosen = i;
    this.draw();
  }
}

class Row {
  constructor(name, label, strip) {
    this.name = name;
    this.strip = strip;
    const { stage } = strip;
    this.box = document.createElement("label");
    this.input = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1 });
    this.words = Object.assign(document.createElement("span"), { textContent: label });
    this.value = document.createElement("output");
    this.marks = Object.assign(document.createElement("div"), { className: "dl-marks" });
    this.box.append(this.words, this.value, this.input, this.marks);
    const said = name === "st-key-steps" ? stage.words.strip_steps : `${stage.runners[strip.chosen].label}: ${label}`;
    this.input.setAttribute("aria-label", said); // that of the page is called otherwise
    this.input.addEventListener("input", () => this.move(true));
    this.input.addEventListener("change", () => this.move(false));
  }

  /** Follow the pointer; what is let go is told to the server, and the sidebar follows. */
  move(held) {
    const { live, reporter } = this.strip.stage;
    const value = this.stops[Number(this.input.value)];
    live.move(this.name, value, this.slider, held);
    this.tell(value);
    if (held) return;
    const { kind, runner, field } = this.slider;
    reporter.report({ set: { [kind === "scene" ? field : `${runner}.${field}`]: value } });
  }

  show() {
    const { live } = this.strip.stage;
    this.slider = live.slider(this.name);
    if (!this.slider) return;
    this.stops = stopsOf(this.slider);
    const value = live.value(this.name, this.slider);
    this.input.max = this.stops.length - 1;
    this.input.value = this.stops.reduce((best, stop, i) => (Math.abs(stop - value) < Math.abs(this.stops[best] - value) ? i : best), 0);
    this.tell(value);
    const ruler = live.rulers.marks.get(this.name);
    this.marks.replaceChildren(...(ruler ? this.marked(ruler) : []));
  }

  tell(value) {
    this.value.textContent = number(value);
    this.input.setAttribute("aria-valuetext", number(value));
  }

  /** Where the method turns unstable, and the best rate: as on the ruler in the sidebar. */
  marked({ start, minimum, best }) {
    const limit = minimum ?? start;
    const mark = (kind, rate) => {
      const made = Object.assign(document.createElement("i"), { className: `dl-${kind}` });
      made.style.left = `${placeOf(this.stops, rate)}%`;
      return made;
    };
    return [...(limit ? [mark("limit", limit)] : []), ...(best ? [mark("best", best)] : [])];
  }
}
