// One map: its picture, what theory says over it, and what the pointer does on it.
import { canvasIn } from "../descent-lab.canvas/canvas.js";
import { seen } from "../descent-lab.canvas/clip.js";
import { dot, number, star, stroke } from "../descent-lab.canvas/draw.js";
import { contours, isoline, tracePieces } from "../descent-lab.canvas/isoline.js";
import { axes, Scale } from "../descent-lab.canvas/scale.js";
import { drawMarks } from "./ink.js";
import { drawLoss, drawPath, drawRun } from "./inset.js";

const CLICK = 4; // pixels a click may wander
const ROBUST = 8; // the bit of a fate that says so
const MARGIN = { left: 60, right: 10, top: 6, bottom: 42 };

const element = (name, parent, className) => parent.appendChild(Object.assign(document.createElement(name), { className }));

export class Plate {
  constructor(parent, field, index) {
    this.field = field;
    this.index = index;
    this.root = element("section", parent, "dl-plate");
    this.title = element("h3", this.root, "dl-title");
    this.map = element("div", this.root, "dl-map");
    this.map.tabIndex = 0;
    this.map.setAttribute("role", "application");
    this.side = element("div", this.root, "dl-side");
    this.path = element("div", this.side, "dl-path");
    this.loss = element("div", this.side, "dl-curve");
    this.words = element("div", this.side, "dl-words");
    this.under = element("div", this.root, "dl-under");
    this.listen();
  }

  /** Take what Python sent of this map. */
  receive(plate, arrays, relief, colour, image) {
    Object.assign(this, { plate, relief, colour, image });
    this.arrays = arrays;
    [this.across, this.up] = [new Scale(plate.x), new Scale(plate.y)];
    const path = arrays.get(plate.run.path);
    const length = path.length / 3;
    this.run = { ...plate.run, length, x: (i) => path[i], y: (i) => path[length + i], gap: (i) => path[2 * length + i] };
    const fate = arrays.get(plate.planes.fate);
    const name = `${plate.planes.fate}`;
    if (fate && name !== this.outlined) {
      this.outlined = name;
      this.outline = borders(fate, plate.size);
    }
    const edge = plate.edge && arrays.get(plate.edge);
    this.edge = edge ? isoline(edge, Math.sqrt(edge.length), 0).map((value) => value / (Math.sqrt(edge.length) - 1)) : null;
    this.map.setAttribute("aria-label", `${plate.label}. ${this.settings ? this.field.words.map_settings_hint : this.field.words.map_starts_hint}`);
  }

  get settings() {
    return this.field.header.kind === "settings";
  }

  get frame() {
    const { clientWidth, clientHeight } = this.map;
    return { left: MARGIN.left, top: MARGIN.top, width: clientWidth - MARGIN.left - MARGIN.right, height: clientHeight - MARGIN.top - MARGIN.bottom };
  }

  /** Where the whole surface would lie on the map of starts, which may show a part of it. */
  get ground() {
    const { left, top, width, height } = this.frame;
    const [[x0, x1], [y0, y1]] = this.relief.bounds;
    const [u0, u1] = [this.across.share(x0), this.across.share(x1)];
    const [v0, v1] = [this.up.share(y0), this.up.share(y1)];
    return { left: left + u0 * width, top: top + (1 - v1) * height, width: (u1 - u0) * width, height: (v1 - v0) * height };
  }

  /** Height of the map for its width: square, or in the proportions of the surface. */
  heightFor(width) {
    const { x, y } = this.plate;
    const shape = this.settings ? 1 : Math.min(Math.max((y.high - y.low) / (x.high - x.low), 0.5), 1.2);
    return (width - MARGIN.left - MARGIN.right) * shape + MARGIN.top + MARGIN.bottom;
  }

  draw() {
    const { theme, words, header } = this.field;
    const frame = this.frame;
    if (frame.width < 20) return;
    // The map itself stays while only the run beside it changes: a drag must be fluent.
    const { planes, surface, edge, x, y } = this.plate;
    const drawn = JSON.stringify([frame, planes, header.colour, theme.name, surface.key, edge, x, y]);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.drawMap(frame, theme);
    }
    this.point();
    if (this.settings) this.path.find = drawPath(this.path, { ...this, start: [this.run.x(0), this.run.y(0)] }, theme);
    this.path.hidden = !this.settings;
    this.loss.find = drawLoss(this.loss, this, theme, words);
  }

  drawMap(frame, theme) {
    const pen = canvasIn(this.map);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.image, frame.left, frame.top, frame.width, frame.height);
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
    if (this.settings) this.theory(pen, frame, theme);
    else {
      this.relief.lines ??= contours(this.relief);
      tracePieces(pen, this.relief.lines, this.ground, frame);
      pen.strokeStyle = theme.dark ? "rgba(255,255,255,0.16)" : "rgba(0,0,0,0.17)";
      pen.lineWidth = 0.8;
      pen.stroke();
      drawMarks(pen, this.relief, this.ground, frame, theme);
    }
    pen.restore();
    axes(pen, frame, this.across, this.up, [this.plate.x.label, this.plate.y.label], theme);
  }

  /** The robust region, the edge of stability, the known optimum, the best cell. */
  theory(pen, frame, theme) {
    const at = (x, y) => [frame.left + this.across.share(x) * frame.width, frame.top + (1 - this.up.share(y)) * frame.height];
    tracePieces(pen, this.outline, frame, frame);
    stroke(pen, theme.ink, theme.paper, 1.4, []);
    if (this.edge) {
      tracePieces(pen, this.edge, frame, frame);
      stroke(pen, theme.accent, theme.paper, 2, [7, 4]);
    }
    const { optimum, best } = this.plate;
    const [px, py] = optimum ? at(optimum.x ?? this.across.low, optimum.y ?? this.up.low) : [NaN, NaN];
    if (seen(px, py, frame)) {
      pen.beginPath();
      const whole = optimum.x !== null && optimum.y !== null;
      if (whole) pen.arc(px, py, 9, 0, 2 * Math.PI);
      else {
        pen.moveTo(optimum.x === null ? frame.left : px, optimum.x === null ? py : frame.top);
        pen.lineTo(optimum.x === null ? frame.left + frame.width : px, optimum.x === null ? py : frame.top + frame.height);
      }
      stroke(pen, theme.accent, theme.paper, 2, whole ? [] : [2, 3]); // the edge of stability, which may be near, is dashed
    }
    if (best.loss !== null) star(pen, ...at(best.x, best.y), 8, theme.ink, theme.paper);
  }

  /** Where the visitor points: the cell whose run is shown, or the path from a start. */
  point() {
    const { theme, header } = this.field;
    const frame = this.frame;
    const pen = canvasIn(this.map, "dl-over");
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
    const { at } = this.plate;
    const [px, py] = [frame.left + this.across.share(at[0]) * frame.width, frame.top + (1 - this.up.share(at[1])) * frame.height];
    if (this.settings) {
      if (!header.cell) return pen.restore(); // the star of the best cell says enough
      pen.beginPath();
      pen.moveTo(px, frame.top);
      pen.lineTo(px, frame.top + frame.height);
      pen.moveTo(frame.left, py);
      pen.lineTo(frame.left + frame.width, py);
      pen.lineWidth = 1;
      pen.strokeStyle = theme.dark ? "rgba(255,255,255,0.55)" : "rgba(0,0,0,0.5)";
      pen.stroke();
      pen.beginPath();
      pen.arc(px, py, 6, 0, 2 * Math.PI);
      stroke(pen, theme.ink, theme.paper, 2, []);
    } else {
      drawRun(pen, this.run, theme.ink, this.ground, this.relief.bounds, frame, theme);
      if (seen(px, py, frame)) dot(pen, px, py, 7, theme.paper, theme.ink);
    }
    pen.restore();
  }

  // --- the pointer ------------------------------------------------------------------------------

  /** Shares of the frame under a pointer; null outside of it. */
  shareUnder(event) {
    const box = this.map.getBoundingClientRect();
    const frame = this.frame;
    const u = (event.clientX - box.left - frame.left) / frame.width;
    const v = 1 - (event.clientY - box.top - frame.top) / frame.height;
    return u >= 0 && u < 1 && v >= 0 && v < 1 ? [u, v] : null;
  }

  /** Values at shares: the middle of the fine cell there, or a start to the precision of a pixel. */
  valuesAt([u, v]) {
    const { fine } = this.field.header;
    if (this.settings) return [this.across, this.up].map((scale, i) => scale.at((Math.floor([u, v][i] * fine) + 0.5) / fine));
    const digits = Math.max(0, Math.ceil(-Math.log10((this.across.high - this.across.low) / this.frame.width)));
    return [+this.across.at(u).toFixed(digits), +this.up.at(v).toFixed(digits)];
  }

  listen() {
    const { map, field } = this;
    let down = null;
    let dragging = false;
    map.addEventListener("pointerdown", (event) => {
      if (event.button || !this.plate || !this.shareUnder(event)) return;
      down = [event.clientX, event.clientY];
      if (!this.settings) map.setPointerCapture(event.pointerId);
    });
    map.addEventListener("pointermove", (event) => {
      if (!this.plate) return;
      const shares = this.shareUnder(event);
      if (down && !this.settings && (dragging || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > CLICK)) {
        dragging = true;
        field.tip(null);
        if (shares) field.probeAt(this.valuesAt(shares), true);
        return;
      }
      if (!event.buttons) field.tip(shares && this.told(shares), event);
    });
    map.addEventListener("pointerup", (event) => {
      const shares = down && this.shareUnder(event);
      const wandered = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) > CLICK;
      down = null;
      if (dragging) {
        dragging = false;
        field.probeAt(shares ? this.valuesAt(shares) : this.plate.at, false);
      } else if (shares && !wandered) this.choose(this.valuesAt(shares));
    });
    map.addEventListener("pointercancel", () => {
      down = null;
      dragging = false;
    });
    map.addEventListener("pointerleave", () => field.tip(null));
    for (const inset of [this.path, this.loss]) {
      inset.addEventListener("pointermove", (event) => {
        const box = inset.getBoundingClientRect();
        const i = inset.find?.(event.clientX - box.left, event.clientY - box.top) ?? null;
        field.tip(i === null ? null : this.stepTold(i), event);
      });
      inset.addEventListener("pointerleave", () => field.tip(null));
    }
    map.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      if (!way || !this.plate) return;
      event.preventDefault();
      event.stopPropagation();
      const { at } = this.plate;
      const by = (event.shiftKey ? 10 : 1) / (this.settings ? field.header.fine : 100);
      const shares = [this.across.share(at[0]), this.up.share(at[1])].map((share, i) => Math.min(Math.max(share + by * way[i], 0), 1 - 1e-9));
      if (this.settings) this.choose(this.valuesAt(shares));
      else field.probeAt(this.valuesAt(shares), false);
    });
  }

  choose(values) {
    if (this.settings) this.field.cellAt(values);
    else if (this.plate.home) this.field.startAt(values);
    else this.field.probeAt(values, false); // the race is on another surface
  }

  /** A step of the run, in lines. */
  stepTold(i) {
    const { run, relief, plate, field: { words } } = this;
    const [loss, above] = [run.gap(i) + (relief.minimum ?? 0), run.gap(i)].map(number);
    return [
      plate.label,
      `${words.step} ${i}`,
      `(${number(run.x(i))}, ${number(run.y(i))})`,
      `${words.loss} ${loss}`,
      above !== loss ? `${words.above} ${above}` : "",
    ];
  }

  /** What the cell under the pointer holds, in lines. */
  told([u, v]) {
    const { plate, field } = this;
    const { words, header } = field;
    const n = plate.size;
    const i = Math.floor(v * n) * n + Math.floor(u * n);
    const [goal, when, fate, loss] = ["goal", "when", "fate", "loss"].map((name) => this.arrays.get(plate.planes[name])?.[i]);
    const step = when - 1;
    if (!this.settings) {
      const [x, y] = this.valuesAt([u, v]);
      if (goal >= header.nowhere) return [`${words.start} (${number(x)}, ${number(y)})`, field.fate(goal - header.nowhere), step >= 0 ? `${words.step} ${step}` : ""];
      const spot = `(${this.relief.marks[goal].slice(0, 2).map(number).join(", ")})`;
      const ended = step < 0 ? words.map_circles.replace("{point}", spot) : `${words.which} ${spot}`;
      return [`${words.start} (${number(x)}, ${number(y)})`, ended, step >= 0 ? `${words.step} ${step}` : ""];
    }
    const cell = [(Math.floor(u * n) + 0.5) / n, (Math.floor(v * n) + 0.5) / n];
    const kind = fate & 7;
    const value = loss ? 10 ** (plate.low + ((loss - 1) / 4094) * (plate.high - plate.low)) : 0;
    return [
      `${plate.x.symbol} ${number(this.across.at(cell[0]))}   ${plate.y.symbol} ${number(this.up.at(cell[1]))}`,
      kind > 3 ? "" : `${words.loss} ${loss ? number(+value.toPrecision(2)) : 0}`,
      field.fate(kind) + (step >= 0 ? ` · ${words.step} ${step}` : ""),
    ];
  }
}

/** The border around the robust cells, as pieces in shares of the map. */
function borders(fate, n) {
  const pieces = [];
  const good = (row, column) => row >= 0 && column >= 0 && row < n && column < n && (fate[row * n + column] & ROBUST) > 0;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      if (!good(row, column)) continue;
      if (!good(row - 1, column)) pieces.push(column, row, column + 1, row);
      if (!good(row + 1, column)) pieces.push(column, row + 1, column + 1, row + 1);
      if (!good(row, column - 1)) pieces.push(column, row, column, row + 1);
      if (!good(row, column + 1)) pieces.push(column + 1, row, column + 1, row + 1);
    }
  }
  return pieces.map((value) => value / n);
}
