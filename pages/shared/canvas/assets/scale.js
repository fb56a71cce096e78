// Axes: values to shares and back as core.maps.Axis has them, and where ticks stand.
import { numbers } from "./draw.js";

const NINES = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999];

export class Scale {
  constructor({ scale, low, high, integer }) {
    Object.assign(this, { scale, low, high, integer });
  }

  at(share) {
    const { scale, low, high } = this;
    const value =
      scale === "log" ? low * (high / low) ** share
      : scale === "one_minus" ? 1 - (1 - low) * ((1 - high) / (1 - low)) ** share
      : low + share * (high - low);
    return this.integer ? Math.round(value) : value;
  }

  share(value) {
    const { scale, low, high } = this;
    if (scale === "log") return Math.log(value / low) / Math.log(high / low);
    if (scale === "one_minus") return Math.log((1 - value) / (1 - low)) / Math.log((1 - high) / (1 - low));
    return (value - low) / (high - low);
  }

  /**
   * [share, label] of ticks that have room on so many pixels; a tick without a label is a small one. letter: pixels that
   * each letter of a label takes of this room; none on an axis that goes up.
   */
  ticks(pixels, room = 46, letter = 7) {
    const { low, high } = this;
    const hair = (value) => 1e-9 * Math.min(Math.abs(value), high - low);
    const inside = (value) => value >= low - hair(low) && value <= high + hair(high);
    const labelled = [];
    const found = this.marks(pixels / room)
      .filter(([value]) => inside(value))
      .sort((a, b) => b[1] - a[1])
      .map(([value, rank]) => {
        const share = Math.min(Math.max(this.share(value), 0), 1);
        const free = rank > 0 && labelled.every((other) => Math.abs(other.share - share) * pixels >= room);
        if (free) labelled.push({ share, value });
        return [share, ""];
      });
    const words = numbers(labelled.map(({ value }) => value));
    const needed = letter * (Math.max(...words.map((word) => word.length)) + 0.5);
    if (needed > room) return this.ticks(pixels, needed, letter);
    labelled.forEach(({ share }, i) => (found.find((tick) => tick[0] === share)[1] = words[i]));
    return found;
  }

  /** [value, rank]: the higher the rank, the sooner it gets a label; rank 0 never does. */
  marks(count) {
    const { scale, low, high } = this;
    if (scale === "one_minus") return NINES.map((value) => [value, [0, 0.9, 0.99, 0.999].includes(value) ? 3 : value === 0.5 ? 2 : 1]);
    if (scale === "log" && high > 5 * low) { // on less, powers of ten and their multiples are too few
      const decades = Math.log10(high / low);
      const every = Math.max(1, Math.ceil(decades / count));
      const marks = [];
      for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
        marks.push([Number(`1e${e}`), e % every ? 1 : 3]);
        if (decades < 6) for (let m = 2; m < 10; m++) marks.push([Number(`${m}e${e}`), decades < 2 ? { 2: 1, 5: 2 }[m] ?? (decades < 1 ? 0.5 : 0) : 0]);
      }
      return marks;
    }
    const rough = (high - low) / Math.max(count, 2);
    const unit = 10 ** Math.floor(Math.log10(rough));
    const sizes = [10, 5, 2, 1, 0.5].map((m) => m * unit);
    const multiples = (size) => {
      const step = this.integer ? Math.max(size, 1) : size;
      const first = Math.ceil(low / step);
      return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, i) => [+((first + i) * step).toPrecision(12), 1]);
    };
    const widest = Math.max(0, sizes.findLastIndex((size) => size >= rough));
    const enough = sizes.slice(widest).map(multiples).find((marks) => marks.length > 1); // one alone tells no scale
    return enough ?? multiples(sizes.at(-1));
  }
}

/** Draw the axes of a frame with their ticks and names. */
export function axes(pen, { left, top, width, height }, across, up, names, theme) {
  pen.font = `12px ${theme.font}`;
  pen.strokeStyle = theme.quiet;
  pen.fillStyle = theme.quiet;
  pen.lineWidth = 1;
  pen.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  pen.textBaseline = "top";
  pen.textAlign = "center";
  pen.beginPath();
  for (const [share, label] of across.ticks(width)) {
    const x = Math.round(left + share * width) + 0.5;
    pen.moveTo(x, top + height + 1);
    pen.lineTo(x, top + height + (label ? 6 : 3));
    pen.fillText(label, x, top + height + 8);
  }
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const [share, label] of up.ticks(height, 32, 0)) {
    const y = Math.round(top + (1 - share) * height) + 0.5;
    pen.moveTo(left - 1, y);
    pen.lineTo(left - (label ? 6 : 3), y);
    pen.fillText(label, left - 8, y, left - (names[1] ? 26 : 10)); // a long one is narrower
  }
  pen.stroke();
  pen.fillStyle = theme.ink;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  if (names[0]) pen.fillText(names[0], left + width / 2, top + height + 36);
  if (names[1]) {
    pen.save();
    pen.translate(left - 42, top + height / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(names[1], 0, 0);
    pen.restore();
  }
}
