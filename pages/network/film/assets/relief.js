// A grid of losses as a picture: its colours, and the values at which lines are drawn.
const LINES = 14; // about so many
const DECADE = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.4, 1.7, 2, 2.4, 3, 3.5, 4, 5, 6, 7, 8.5]];
const LOG = 8; // the largest is so many times the smallest: then lines are a factor apart, else a difference

/** {levels: values of lines, share: the place of a value between the lowest and the highest}. */
export function levelsOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return { levels: [], share: () => 0 };
  if (!(low > 0 && high > LOG * low)) return { levels: even(low, high), share: (value) => (value - low) / (high - low) };
  const decades = Math.log10(high / low);
  const within = DECADE.find((marks) => marks.length * decades >= LINES * 0.7) ?? DECADE.at(-1);
  const every = decades > 1.5 * LINES ? Math.ceil(decades / LINES) : 1;
  const levels = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e += every) {
    for (const mark of every > 1 ? [1] : within) levels.push(mark * 10 ** e);
  }
  return { levels: levels.filter((level) => level > low && level < high), share: (value) => Math.log(value / low) / Math.log(high / low) };
}

/** Round values, the same distance apart. */
function even(low, high) {
  const rough = (high - low) / LINES;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * unit).find((size) => size >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, i) => (first + i) * step);
}

const hex = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));

/** The grid as a small canvas, its first row below, in the colours of the theme; where there is no value it is clear. */
export function ground(values, size, share, { scale }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(size, size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const s = share(values[row * size + column]);
      if (!Number.isFinite(s)) continue;
      const k = Math.max(1, scale.findIndex(([stop]) => stop >= Math.min(Math.max(s, 0), 1)));
      const [[from, a], [to, b]] = [scale[k - 1], scale[k]];
      const [one, other] = [hex(a), hex(b)];
      const at = 4 * ((size - 1 - row) * size + column);
      for (let c = 0; c < 3; c++) image.data[at + c] = one[c] + ((other[c] - one[c]) * (s - from)) / (to - from);
      image.data[at + 3] = 255;
    }
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}
