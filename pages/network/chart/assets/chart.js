// The chart: one cell for every training. Python trains; what is pointed at is told here.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { dot, fill, number, stroke } from "../descent-lab.canvas/draw.js";
import { kept } from "../descent-lab.canvas/keep.js";
import { bar, css, keyed, OVERFLOW, ramp, rgb } from "../descent-lab.canvas/legend.js";
import { themeOf } from "../descent-lab.canvas/look.js";
import { keepForPaper } from "../descent-lab.canvas/paper.js";
import { axes, Scale } from "../descent-lab.canvas/scale.js";
import { Reporter, textOf, unpacked } from "../descent-lab.canvas/wire.js";
import { Rows } from "./rows.js";

const MARGIN = { left: 62, right: 10, top: 6, bottom: 42 };
const CLICK = 4; // pixels a click may wander
const NUMBERS = { loss: "net_map_loss", val_loss: "net_map_val_loss", accuracy: "net_map_accuracy", val_accuracy: "net_map_val_accuracy" };
const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [-1, 0], ArrowUp: [1, 0] };

export default kept(".dl-chart", (root) => new Chart(root));

const element = (name, text = "", className = "") => Object.assign(document.createElement(name), { textContent: text, className });

class Chart {
  constructor(root) {
    this.root = root;
    root.chart = this; // for whoever examines the picture
    this.arrays = new Map();
    this.reporter = new Reporter();
    this.words = {};
    const find = (part) => root.querySelector(`.dl-${part}`);
    [this.legend, this.board, this.cells, this.beside] = ["legend", "board", "cells", "beside"].map(find);
    [this.cell, this.take, this.signs, this.tipBox] = ["cell", "take", "signs", "tip"].map(find);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(root);
    this.onresize = () => this.resize();
    window.addEventListener("resize", this.onresize);
    this.queue = Promise.resolve();
    this.listen();
  }

  /** Take messages in the order in which they come; what cannot be drawn says so. */
  receive(message) {
    return (this.queue = this.queue
      .then(() => this.gone || this.read(message))
      .catch((error) => {
        console.error(error);
        this.legend.textContent = (this.words.failed ?? "{reason}").replace("{reason}", error.message);
      }));
  }

  async read(message) {
    const { header, arrays } = await unpacked(message);
    for (const [name, array] of arrays) this.arrays.set(name, array);
    const names = new Set([header.lasting, ...Object.values(header.map?.arrays ?? {})]);
    const need = [...names].filter((name) => !this.arrays.has(name));
    this.reporter.answered(header.ack);
    if (need.length) return this.reporter.report({ need });
    for (const name of this.arrays.keys()) if (!names.has(name)) this.arrays.delete(name);
    this.words = textOf(this.arrays.get(header.lasting)).words;
    this.show(header);
  }

  show(header) {
    const { root, words } = this;
    this.theme = themeOf(root);
    this.header = header;
    const { map } = header;
    if (header.about !== this.about) {
      this.about = header.about;
      this.pinned = this.cursor = null;
    }
    this.map = map;
    for (const part of [this.legend, this.board]) part.hidden = !map;
    this.tip(null);
    if (map) {
      this.values = Object.fromEntries(Object.entries(map.arrays).map(([name, array]) => [name, this.arrays.get(array)]));
      [this.across, this.up] = [new Scale(map.x), new Rows(map.y)];
      const cells = [...this.values.exploded.keys()];
      this.exploded = cells.filter((i) => this.values.exploded[i] >= 0);
      this.blank = cells.filter((i) => this.values.exploded[i] < 0 && Number.isNaN(this.values[map.by][i]));
      this.scale = ramp(this.theme);
      const beyond = rgb(OVERFLOW[this.theme.dark ? "dark" : "light"]);
      root.style.setProperty("--dl-own", this.theme.dark ? map.dark : map.light);
      root.style.setProperty("--dl-beyond", css(beyond));
      this.image = this.painted(beyond);
      this.cells.setAttribute("aria-label", `${map.label}. ${words.net_map_hint}`);
      this.take.textContent = words.net_map_train;
      this.write();
      this.tell();
      this.fit();
      this.draw();
    }
    root.dataset.drawn = (Number(root.dataset.drawn) || 0) + 1; // for whoever waits for the picture
    root.dataset.size = map ? `${map.columns}x${map.rows}` : "";
  }

  // --- what stands around -------------------------------------------------------------------------

  /** The scale of colours, and what the signs mean. */
  write() {
    const { map, words, scale } = this;
    const colours = map.by === "accuracy" ? [...scale].reverse() : scale;
    const ends = map.by === "accuracy" ? { scale: "linear", low: 100 * map.low, high: 100 * map.high } : { scale: "log", low: map.low, high: map.high };
    const title = `${words[NUMBERS[map.by]]}${map.by === "accuracy" ? " (%)" : ""}`;
    const parts = map.high > map.low ? [bar(title, colours, ends)] : [];
    for (const [sign, means] of [["exploded", words.net_map_exploded], ["blank", words.net_map_blank]]) {
      if (!this[sign].length) continue;
      const chip = element("span", "", "dl-key");
      chip.append(element("i", "", `dl-chip dl-${sign}`), means);
      parts.push(chip);
    }
    this.legend.replaceChildren(...parts);
    this.signs.replaceChildren(...(map.best ? [keyed("best", map.told.best)] : []), keyed("now", map.told.own));
  }

  /** The numbers of a cell, line by line: [what, number]. */
  numbersOf([row, column]) {
    const { map, values, words } = this;
    const i = row * map.columns + column;
    if (values.exploded[i] >= 0) return [[fill(words.net_exploded, { step: number(values.exploded[i]) })]];
    const told = Object.keys(NUMBERS).filter((name) => !Number.isNaN(values[name][i])).map((name) => [
      words[NUMBERS[name]],
      name.endsWith("accuracy") ? `${number(100 * values[name][i])} %` : number(values[name][i]),
    ]);
    return told.length ? told : [[words.net_map_unknown]];
  }

  settingsOf([row, column]) {
    const { x, y } = this.map;
    return [`${x.symbol} = ${number(x.values[column])}`, `${y.symbol} = ${y.labels[row]}`];
  }

  /** The cell that was chosen; without one the best. */
  get chosen() {
    const { map, pinned } = this;
    return pinned ? this.nearest(pinned) : map.best ?? [0, 0];
  }

  /** The cell of values: of a finer map than that they were chosen on, too. */
  nearest([lr, own]) {
    const { x, y } = this.map;
    const closest = (list, gap) => list.reduce((best, value, i) => (gap(value) < gap(list[best]) ? i : best), 0);
    return [closest(y.values, (value) => Math.abs(value - own)), closest(x.values, (value) => Math.abs(Math.log(value / lr)))];
  }

  tell() {
    const list = element("dl");
    const lines = this.numbersOf(this.chosen);
    for (const [what, value] of lines) if (value !== undefined) list.append(element("dt", what), element("dd", value));
    const sentence = lines[0][1] === undefined ? [element("p", lines[0][0])] : [list];
    const told = [element("h3", this.settingsOf(this.chosen).join(",  ")), ...sentence];
    const text = told.map((part) => part.textContent).join();
    if (text === this.said && this.cell.firstChild) return; // a reader of the screen need not hear it twice
    this.said = text;
    this.cell.replaceChildren(...told);
  }

  /** Name what is pointed at, near a place in the picture. */
  tip(cell, left = 0, top = 0, aloud = false) {
    this.tipBox.setAttribute("aria-live", aloud ? "polite" : "off");
    this.tipBox.hidden = !cell;
    if (!cell) return;
    const lines = [this.settingsOf(cell).join("   "), ...this.numbersOf(cell).map((line) => line.join("  "))];
    this.tipBox.replaceChildren(...lines.map((text) => element("div", text)));
    const box = this.root.getBoundingClientRect();
    const flip = left > box.width - 230;
    this.tipBox.style.left = flip ? "" : `${left + 16}px`;
    this.tipBox.style.right = flip ? `${box.width - left + 16}px` : "";
    this.tipBox.style.top = `${Math.max(0, top - 46)}px`;
  }

  // --- drawing ------------------------------------------------------------------------------------

  /** The picture of the map: one pixel a cell, the first row below. */
  painted(beyond) {
    const { map, values, scale } = this;
    const canvas = Object.assign(document.createElement("canvas"), { width: map.columns, height: map.rows });
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(map.columns, map.rows);
    const shown = values[map.by];
    const share =
      map.by === "accuracy" ? (value) => (map.high - value) / (map.high - map.low || 1)
      : (value) => Math.log(Math.max(value, 1e-300) / map.low) / (Math.log(map.high / map.low) || 1);
    for (let i = 0; i < shown.length; i++) {
      const colour =
        values.exploded[i] >= 0 ? beyond
        : Number.isNaN(shown[i]) ? null
        : scale[Math.round(255 * Math.min(Math.max(share(shown[i]), 0), 1))];
      const at = 4 * ((map.rows - 1 - Math.floor(i / map.columns)) * map.columns + (i % map.columns));
      if (colour) [image.data[at], image.data[at + 1], image.data[at + 2], image.data[at + 3]] = [...colour, 255];
    }
    pen.putImageData(image, 0, 0);
    return canvas;
  }

  get frame() {
    const { clientWidth, clientHeight } = this.cells;
    return { left: MARGIN.left, top: MARGIN.top, width: clientWidth - MARGIN.left - MARGIN.right, height: clientHeight - MARGIN.top - MARGIN.bottom };
  }

  /** Let the map take the height that is left on the screen. */
  fit() {
    const phone = window.innerWidth <= 760;
    const scrolled = this.root.closest('[data-testid="stMain"]')?.scrollTop ?? 0;
    const above = this.board.getBoundingClientRect().top + scrolled;
    const left = Math.max(window.innerHeight - above - 28, 380);
    const whole = this.root.clientWidth;
    const width = phone ? whole : Math.min(whole * 0.66, left * 1.45);
    const height = phone ? Math.min(width * 0.95, 420) : Math.min(left, width);
    this.board.style.setProperty("--dl-wide", `${Math.round(width)}px`);
    this.board.style.setProperty("--dl-high", `${Math.round(height)}px`);
  }

  draw() {
    if (this.gone || !this.map) return;
    const { map, theme, frame } = this;
    if (frame.width < 20) return;
    const pen = canvasIn(this.cells);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.image, frame.left, frame.top, frame.width, frame.height);
    this.hatch(pen, frame, this.exploded, "rgba(0,0,0,0.28)", 1);
    this.hatch(pen, frame, this.blank, theme.line, -1, theme.paper);
    axes(pen, frame, this.across, this.up, [map.x.label, map.y.label], theme);
    this.point();
    keepForPaper(this.board, [this.cells]);
  }

  /** Lines over some cells, which are then no colour of the scale. way: up to the right, or down. ground: under the lines. */
  hatch(pen, frame, cells, colour, way, ground = null) {
    if (!cells.length) return;
    const { map } = this;
    const bottom = frame.top + frame.height;
    const [from, to] = way > 0 ? [bottom, frame.top] : [frame.top, bottom];
    pen.save();
    pen.beginPath();
    for (const i of cells) pen.rect(...this.boxOf([Math.floor(i / map.columns), i % map.columns]));
    pen.clip();
    if (ground) {
      pen.fillStyle = ground;
      pen.fillRect(frame.left, frame.top, frame.width, frame.height);
    }
    pen.beginPath();
    for (let x = frame.left - frame.height; x < frame.left + frame.width; x += 7) {
      pen.moveTo(x, from);
      pen.lineTo(x + frame.height, to);
    }
    pen.strokeStyle = colour;
    pen.lineWidth = 1.2;
    pen.stroke();
    pen.restore();
  }

  /** [left, top, width, height] of a cell. */
  boxOf([row, column]) {
    const { frame, map } = this;
    const [wide, high] = [frame.width / map.columns, frame.height / map.rows];
    return [frame.left + column * wide, frame.top + (map.rows - 1 - row) * high, wide, high];
  }

  middleOf(cell) {
    const [left, top, wide, high] = this.boxOf(cell);
    return [left + wide / 2, top + high / 2];
  }

  /** The best cell, the settings of the runner, the chosen cell and the cursor. */
  point() {
    const { map, theme, frame } = this;
    const pen = canvasIn(this.cells, "dl-over");
    const outlined = (cell, dash) => {
      const [left, top, wide, high] = this.boxOf(cell);
      pen.beginPath();
      pen.rect(left - 1, top - 1, wide + 2, high + 2);
      stroke(pen, theme.ink, theme.paper, 2, dash);
    };
    if (map.best) {
      pen.beginPath();
      pen.arc(...this.middleOf(map.best), 8, 0, 2 * Math.PI);
      stroke(pen, theme.ink, theme.paper, 2, []);
    }
    if (this.pinned) outlined(this.chosen, []);
    if (this.cursor) outlined(this.cursor, [3, 3]);
    const [u, v] = map.own.map((share) => Math.min(Math.max(share, 0), 1));
    const [px, py] = [frame.left + u * frame.width, frame.top + (1 - v) * frame.height];
    dot(pen, px, py, 7, theme.paper, theme.ink);
    dot(pen, px, py, 5, theme.dark ? map.dark : map.light);
  }

  // --- what the visitor does ----------------------------------------------------------------------

  /** The cell under a pointer; null beside the map. */
  under(event) {
    if (!this.map) return null;
    const { frame, map } = this;
    const box = this.cells.getBoundingClientRect();
    const u = (event.clientX - box.left - frame.left) / frame.width;
    const v = 1 - (event.clientY - box.top - frame.top) / frame.height;
    return u >= 0 && u < 1 && v > 0 && v <= 1 ? [Math.min(Math.floor(v * map.rows), map.rows - 1), Math.floor(u * map.columns)] : null;
  }

  /** Show the numbers of a cell. */
  pin([row, column]) {
    const { x, y } = this.map;
    this.pinned = [x.values[column], y.values[row]];
    this.tell();
    this.point();
  }

  listen() {
    const { cells } = this;
    let down = null;
    cells.addEventListener("pointerdown", (event) => {
      down = event.button ? null : [event.clientX, event.clientY];
    });
    cells.addEventListener("pointerup", (event) => {
      const still = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) <= CLICK;
      const cell = still && this.under(event);
      down = null;
      if (!cell) return;
      this.cursor = null;
      this.pin(cell);
    });
    cells.addEventListener("pointermove", (event) => {
      if (event.buttons) return;
      const box = this.root.getBoundingClientRect();
      this.tip(this.under(event), event.clientX - box.left, event.clientY - box.top);
    });
    for (const name of ["pointerleave", "pointercancel"]) cells.addEventListener(name, () => this.tip(null));
    cells.addEventListener("blur", () => {
      if (!this.map || !this.cursor) return;
      this.cursor = null;
      this.tip(null);
      this.point();
    });
    cells.addEventListener("keydown", (event) => this.key(event));
    this.take.addEventListener("click", () => {
      const [row, column] = this.chosen;
      const { x, y, which, up } = this.map;
      this.reporter.report({ train: [x.values[column], y.values[row]], of: which, up });
    });
  }

  key(event) {
    const { map } = this;
    const way = WAYS[event.key];
    const chooses = event.key === "Enter" || event.key === " ";
    if (!map || event.ctrlKey || event.metaKey || event.altKey || !(way || chooses)) return;
    event.preventDefault();
    event.stopPropagation();
    if (chooses) return this.pin(this.cursor ?? this.chosen);
    const by = event.shiftKey ? 5 : 1;
    const sizes = [map.rows, map.columns];
    this.cursor = (this.cursor ?? this.chosen).map((at, i) => Math.min(Math.max(at + by * way[i], 0), sizes[i] - 1));
    this.point();
    const [x, y] = this.middleOf(this.cursor);
    const [box, own] = [this.root, this.cells].map((part) => part.getBoundingClientRect());
    this.tip(this.cursor, x + own.left - box.left, y + own.top - box.top, true);
  }

  resize() {
    cancelAnimationFrame(this.resizing);
    this.resizing = requestAnimationFrame(() => {
      if (!this.map || !this.root.isConnected || matchMedia("print").matches) return;
      this.fit();
      this.draw();
    });
  }

  leave() {
    this.gone = true;
    window.removeEventListener("resize", this.onresize);
    this.watch.disconnect();
  }
}
