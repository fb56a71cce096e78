// The validation images that the chosen runner gets wrong at this moment; and one that the visitor draws.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { fill, swatch } from "../descent-lab.canvas/draw.js";
import { Drawing } from "./drawing.js";
import { element, write } from "./made.js";

const TILE = [58, 88]; // pixels of an image with its words
const IMAGE = 48;
const ACROSS = 64; // images in a row of the sheet that they are kept on

export class Images {
  constructor(root, film) {
    Object.assign(this, { root, film });
    this.title = element("p", "dl-whose");
    this.count = element("span", "dl-now");
    this.scroll = element("div", "dl-scrolls");
    this.scroll.tabIndex = 0;
    this.scroll.setAttribute("role", "region");
    this.box = this.scroll.appendChild(element("div", "dl-tiles"));
    this.box.setAttribute("role", "img");
    this.none = element("p", "dl-none");
    root.append(element("div", "dl-wrongs", this.title, this.scroll, this.none));
    this.drawing = new Drawing(root.appendChild(element("div", "dl-drawing")), film);
    this.sheet = document.createElement("canvas");
  }

  get runner() {
    return this.film.runners[this.film.chosen] ?? this.film.shown[0];
  }

  receive() {
    const { film, runner } = this;
    this.title.innerHTML = swatch(runner);
    this.title.append(element("b", "", runner.label), this.count);
    this.scroll.setAttribute("aria-label", film.words.film_images);
    this.drawn = null;
    const key = `${film.stamp}`;
    if (key !== this.kept) this.keep();
    this.kept = key;
    this.drawing.receive();
  }

  /** All validation images on one sheet, in the colours of the theme. */
  keep() {
    const { sheet, film: { data, palette, theme } } = this;
    if (!data.images) return;
    const [tall, wide] = data.images;
    const count = data.count - data.train;
    Object.assign(sheet, { width: ACROSS * wide, height: Math.ceil(count / ACROSS) * tall });
    const pen = sheet.getContext("2d");
    const picture = pen.createImageData(sheet.width, sheet.height);
    const ink = theme.dark ? [230, 235, 240] : [29, 39, 51];
    for (let i = 0; i < count; i++) {
      const [left, top] = [(i % ACROSS) * wide, Math.floor(i / ACROSS) * tall];
      for (let p = 0; p < data.features; p++) {
        const value = data.x[(data.train + i) * data.features + p];
        const at = 4 * ((top + Math.floor(p / wide)) * sheet.width + left + (p % wide));
        for (let c = 0; c < 3; c++) picture.data[at + c] = palette.paper[c] + (ink[c] - palette.paper[c]) * value;
        picture.data[at + 3] = 255;
      }
    }
    pen.putImageData(picture, 0, 0);
  }

  draw() {
    this.drawing.draw();
    const { film, runner, box } = this;
    const { data, words, theme } = film;
    const key = `${film.m} ${runner.index} ${this.scroll.clientWidth} ${film.stamp}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const predicted = runner.predicted && film.arrays.get(runner.predicted);
    if (!predicted) return;
    const sure = runner.sure && film.arrays.get(runner.sure);
    const rows = data.count - data.train;
    const start = film.m * rows;
    const wrong = [];
    for (let i = 0; i < rows; i++) if (predicted[start + i] !== data.t[data.train + i]) wrong.push(i);
    const told = fill(words.film_wrong, { wrong: wrong.length, all: rows });
    write(this.count, told);
    write(this.none, wrong.length ? "" : words.film_no_mistakes);
    const columns = Math.max(1, Math.floor(this.scroll.clientWidth / TILE[0]));
    const [tall, wide] = data.images;
    const height = `${Math.ceil(wrong.length / columns) * TILE[1]}px`;
    if (box.style.height !== height) box.style.height = height;
    if (!film.playing) box.setAttribute("aria-label", `${runner.label}: ${told}`);
    const pen = canvasIn(box);
    pen.imageSmoothingEnabled = false;
    pen.textAlign = "center";
    const [from, to] = [this.scroll.scrollTop - TILE[1], this.scroll.scrollTop + this.scroll.clientHeight];
    wrong.forEach((i, place) => {
      const [x, y] = [(place % columns) * TILE[0], Math.floor(place / columns) * TILE[1]];
      if (film.playing && (y < from || y > to)) return;
      const left = x + (TILE[0] - IMAGE) / 2;
      pen.drawImage(this.sheet, (i % ACROSS) * wide, Math.floor(i / ACROSS) * tall, wide, tall, left, y + 2, IMAGE, IMAGE);
      pen.strokeStyle = theme.line;
      pen.lineWidth = 1;
      pen.strokeRect(left - 0.5, y + 1.5, IMAGE + 1, IMAGE + 1);
      pen.font = `600 12px ${theme.font}`;
      pen.fillStyle = theme.ink;
      pen.fillText(`${data.t[data.train + i]} → ${predicted[start + i]}`, x + TILE[0] / 2, y + IMAGE + 16);
      if (!sure) return;
      pen.font = `12px ${theme.font}`;
      pen.fillStyle = theme.quiet;
      pen.fillText(`${Math.round(sure[start + i] / 2.55)} %`, x + TILE[0] / 2, y + IMAGE + 30);
    });
  }
}
