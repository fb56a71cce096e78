// What single neurons see: their own map of the plane, their own curve, or for images the weights that they look with.
import { packed } from "./colours.js";
import { gridOf } from "./grid.js";

const COARSE = 18; // points across while the film plays
const FINE = 40;
const CURVE = 41; // points of a curve

export class Pictures {
  constructor(film) {
    this.film = film;
    this.canvas = document.createElement("canvas"); // one picture under the other
    this.inputs = new Float64Array(CURVE);
  }

  /** Whether the neurons of a layer have pictures. */
  has(l) {
    const { data } = this.film;
    return data.images ? l < 2 : data.features <= 2;
  }

  /** Make all of them from these weights. */
  make(weights, side, fine) {
    const { film } = this;
    const { data } = film;
    if (data.images) this.looks(weights);
    else if (data.features === 2) this.maps(weights, fine ? FINE : COARSE);
    else this.curves(weights);
  }

  /** The sheet with room for so many pictures of so many colours; what is written into `colours` is on it after `put`. */
  sheet(columns, rows, count) {
    const { canvas } = this;
    if (canvas.width !== columns || canvas.height !== rows * count) Object.assign(canvas, { width: columns, height: rows * count });
    if (this.colours?.length !== columns * rows * count) this.colours = new Uint32Array(columns * rows * count);
    Object.assign(this, { columns, rows });
    return this.colours;
  }

  put() {
    const { canvas, colours } = this;
    canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(colours.buffer), canvas.width, canvas.height), 0, 0);
  }

  /** For two inputs: the plane, as each neuron colours it. */
  maps(weights, across) {
    const { film } = this;
    const { network: { sizes }, data: { bounds }, net, palette } = film;
    const grid = gridOf(bounds, across, across);
    const { count } = grid;
    net.run(weights, grid.inputs, count);
    const signed = (this.signed = this.palette === palette ? this.signed : packed(palette.signed));
    this.palette = palette;
    this.firsts = sizes.map((_, l) => sizes.slice(0, l).reduce((sum, size) => sum + size, 0));
    const colours = this.sheet(across, across, this.firsts.at(-1) + sizes.at(-1));
    const last = sizes.length - 1;
    sizes.forEach((size, l) => {
      const values = l === 0 ? grid.inputs : net.layers[l - 1];
      const start = this.firsts[l] * count;
      if (l === last) return this.outputs(values, size, count, start, colours);
      for (let j = 0; j < size; j++) {
        const [first, end] = [j * count, (j + 1) * count];
        let most = 1e-6; // each by its own strongest: what counts is where it is active
        for (let i = first; i < end; i++) if (Math.abs(values[i]) > most) most = Math.abs(values[i]);
        for (let i = first; i < end; i++) colours[start + i] = signed[(127.5 + (127.4 * values[i]) / most) | 0];
      }
    });
    this.put();
  }

  /** The probability of each class, in its colour. */
  outputs(values, size, count, start, colours) {
    const { tints, paper } = this.film.palette;
    const p = new Float64Array(size);
    for (let i = 0; i < count; i++) {
      let [top, sum] = [-Infinity, 0];
      for (let k = 0; k < size; k++) top = Math.max(top, values[k * count + i]);
      for (let k = 0; k < size; k++) sum += p[k] = Math.exp(values[k * count + i] - top);
      for (let k = 0; k < size; k++) {
        const share = p[k] / sum;
        const [r, g, b] = [0, 1, 2].map((c) => paper[c] + (tints[k][c] - paper[c]) * share);
        colours[start + k * count + i] = (255 << 24) | (b << 16) | (g << 8) | r;
      }
    }
  }

  /** For one input: what each neuron makes of it. */
  curves(weights) {
    const { film, inputs } = this;
    const [[x0, x1]] = film.data.bounds;
    for (let i = 0; i < CURVE; i++) inputs[i] = x0 + ((x1 - x0) * i) / (CURVE - 1);
    film.net.run(weights, inputs, CURVE);
  }

  /** For images: the weights of each first neuron, in the place of the pixels that they belong to; before them the mean image. */
  looks(weights) {
    const { film } = this;
    const { network: { parts }, data, palette } = film;
    const [at, rows, columns] = parts[0].weights;
    const signed = packed(palette.signed);
    this.firsts = [0, 1];
    const colours = this.sheet(data.images[1], data.images[0], 1 + columns);
    let most = 1e-9;
    for (let i = at; i < at + rows * columns; i++) if (Math.abs(weights[i]) > most) most = Math.abs(weights[i]);
    const ink = film.theme.dark ? [230, 235, 240] : [29, 39, 51];
    const shown = film.drawn ?? data.x.subarray(0, rows);
    for (let i = 0; i < rows; i++) {
      const [r, g, b] = [0, 1, 2].map((c) => palette.paper[c] + (ink[c] - palette.paper[c]) * Math.min(1, shown[i]));
      colours[i] = (255 << 24) | (b << 16) | (g << 8) | r;
      for (let j = 0; j < columns; j++) colours[rows * (1 + j) + i] = signed[(127.5 + (127.4 * weights[at + i * columns + j]) / most) | 0];
    }
    this.put();
  }

  draw(pen, l, j, left, top, side) {
    const { film, canvas, columns, rows } = this;
    const { data, net, theme } = film;
    if (data.features === 1) return this.drawCurve(pen, l === 0 ? this.inputs : net.layers[l - 1], j, left, top, side, theme);
    pen.imageSmoothingEnabled = !data.images;
    pen.drawImage(canvas, 0, (this.firsts[l] + j) * rows, columns, rows, left, top, side, side);
    pen.imageSmoothingEnabled = true;
  }

  drawCurve(pen, values, j, left, top, side, theme) {
    let most = 1e-9;
    for (let i = 0; i < CURVE; i++) most = Math.max(most, Math.abs(values[j * CURVE + i]));
    pen.fillStyle = theme.grid;
    pen.fillRect(left, top + side / 2 - 0.5, side, 1);
    pen.beginPath();
    for (let i = 0; i < CURVE; i++) {
      const [x, y] = [left + (side * i) / (CURVE - 1), top + side / 2 - (0.42 * side * values[j * CURVE + i]) / most];
      pen[i ? "lineTo" : "moveTo"](x, y);
    }
    pen.strokeStyle = theme.ink;
    pen.lineWidth = side > 60 ? 2.2 : 1.4;
    pen.stroke();
  }
}
