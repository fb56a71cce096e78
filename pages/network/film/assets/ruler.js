// Under the bar that moves the film: where on it an epoch lies. Moments lie closer together at first, so epochs do not stand evenly.
import { number } from "../descent-lab.canvas/draw.js";
import { Scale } from "../descent-lab.canvas/scale.js";
import { element } from "./made.js";

const END = 8; // pixels from an end of the bar to the middle of its handle there, as in the style sheet
const APART = 9; // pixels between two numbers
const ROOM = 40; // pixels that a number on an even axis would have
const SIZE = 11;

const pen = document.createElement("canvas").getContext("2d");

export class Ruler {
  constructor(scrub) {
    this.box = element("div", "dl-scrub");
    scrub.replaceWith(this.box);
    this.marks = element("div", "dl-marks"); // what is read out is the epoch of the moment itself
    this.marks.setAttribute("aria-hidden", "true");
    this.box.append(scrub, this.marks);
  }

  /** epochs: which epoch every moment is, the last at the end of the bar. title: what the numbers count. */
  draw(epochs, title, font) {
    const width = this.box.clientWidth - 2 * END;
    const last = epochs.at(-1);
    this.marks.replaceChildren();
    if (width < 2 * ROOM || !(last > 0)) return;
    pen.font = `${SIZE}px ${font}`;
    const taken = [[-END, pen.measureText(title).width - END + APART]];
    this.marks.append(Object.assign(element("span", "dl-unit", title)));
    const even = new Scale({ scale: "linear", low: 0, high: last }).ticks(width, ROOM).flatMap(([share, label]) => (label ? [share * last] : []));
    for (const epoch of [last, ...even, 1]) {
      if (!(epoch > 0 && epoch <= last) || (last > 1 && !Number.isInteger(epoch))) continue; // of one epoch its parts
      const text = number(epoch);
      const [at, half] = [width * share(epochs, epoch), pen.measureText(text).width / 2];
      const [from, to] = [at - half, at + half];
      if (taken.some(([low, high]) => from < high + APART && to > low - APART)) continue;
      taken.push([from, to]);
      const mark = this.marks.appendChild(element("span", "", text));
      mark.style.left = `${(END + at).toFixed(1)}px`;
    }
  }
}

/** Where an epoch lies among those of all moments, as a share of the way. */
function share(epochs, epoch) {
  const after = epochs.findIndex((value) => value >= epoch);
  if (after < 1) return 0;
  const [low, high] = [epochs[after - 1], epochs[after]];
  return (after - 1 + (epoch - low) / (high - low)) / (epochs.length - 1);
}
