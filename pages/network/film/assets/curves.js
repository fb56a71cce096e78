// Loss and accuracy over the training. Pressing or dragging moves the shown moment.
import { canvasIn, layerIn } from "../descent-lab.canvas/canvas.js";
import { approach, mix, trace } from "../descent-lab.canvas/clip.js";
import { arrow, dashOf, dot, number, strokeLine, swatch } from "../descent-lab.canvas/draw.js";
import { byPointer } from "../descent-lab.canvas/keys.js";
import { axes, Scale } from "../descent-lab.canvas/scale.js";
import { button, name } from "../descent-lab.canvas/transport.js";
import { cap, exits } from "./edges.js";
import { element } from "./made.js";
import { percent } from "./panel.js";

const NEAR = 16; // pixels within which the pointer finds a curve
export const LEAST = 1e-12; // a log axis ends here: below is rounding
const SKIPPED = 0.02; // of all values: so few may lie beyond the axis
const UNSEEN = [1.5, 3]; // the dashes of validation
const MARGIN = { left: 52, right: 14, top: 34, bottom: 24 }; // above: room for the buttons in the corner
const BASE = 18; // of the line of words above
const LATER = 0.22; // how much is seen of what is still to come
const ARROW = 10; // pixels of an arrow head
const LINE = 14; // pixels between two lines of words
const ENOUGH = 20; // pixels from words to a curve
const GAP = 8; // and from the end of a curve to the words about it
const FAR = 8; // lines above and below it where these may stand
const NEARER = 0.4; // of a pixel from a curve is given up for a pixel nearer to that end
const WRAPPED = 20; // pixels that a second line of words above takes: it stands below the buttons

export class Curves {
  constructor(root, film) {
    Object.assign(this, { root, film });
    this.charts = ["loss", "accuracy"].map((what) => new Chart(root.appendChild(element("div", "dl-chart")), this, what));
    this.corner = root.appendChild(element("div", "dl-corner"));
    this.across = element("select");
    this.across.addEventListener("change", () => {
      if (byPointer()) this.across.blur(); // else the keys would go on to choose
      film.look({ across: this.across.value });
    });
    this.axis = button("home", () => film.look({ axis: film.axis === "log" ? "linear" : "log" }), "dl-words");
    this.corner.append(this.across, this.axis);
  }

  receive() {
    const { film } = this;
    const { words } = film;
    const names = { epoch: words.film_by_epoch, evaluation: words.film_by_evaluation, second: words.film_by_second };
    const offered = Object.keys(names).filter((key) => key !== "second" || film.timed);
    const option = (key) => Object.assign(element("option", "", names[key]), { value: key, selected: key === film.across });
    this.across.replaceChildren(...offered.map(option));
    name(this.across, words.film_across);
    this.axis.textContent = film.axis === "log" ? words.axis_linear : words.axis_log;
    name(this.axis, film.axis === "log" ? words.axis_to_linear : words.axis_to_log);
    const second = film.runners.some((runner) => runner.accuracy);
    this.charts[1].box.hidden = !second;
    this.root.classList.toggle("dl-alone", !second);
    for (const chart of this.charts) chart.drawn = null;
  }

  draw() {
    for (const chart of this.charts) if (!chart.box.hidden) chart.draw();
  }
}

export class Chart {
  constructor(box, curves, what) {
    Object.assign(this, { box, curves, film: curves.film, what, marks: [] });
    this.back = document.createElement("canvas"); // the curves, of which what is to come is drawn pale
    box.setAttribute("role", "img");
    this.listen();
  }

  get title() {
    const { words } = this.film;
    return this.what === "loss" ? words.film_loss : words.film_accuracy;
  }

  get log() {
    return this.what === "loss" && this.film.axis === "log";
  }

  lines() {
    const { film, what } = this;
    return film.shown.flatMap((runner) =>
      [what, `val_${what}`].flatMap((key, i) => (runner[key] ? [{ runner, key, unseen: i === 1, values: film.arrays.get(runner[key]) }] : [])),
    );
  }

  /** The range of the axis: of all that is shown, but for a few outliers of a loss. */
  range(lines) {
    const found = [];
    for (const { values } of lines) for (const value of values) if (Number.isFinite(value) && (!this.log || value > LEAST)) found.push(value);
    if (!found.length) return this.log ? [1e-3, 1] : [0, 1];
    found.sort((a, b) => a - b);
    const low = found[0];
    if (this.what === "accuracy") return [Math.max(0, Math.floor(found[Math.floor(found.length * SKIPPED)] * 10 - 0.3) / 10), 1.02];
    const most = found[Math.floor((found.length - 1) * (1 - SKIPPED))];
    const firsts = lines.map(({ values }) => values[0]).filter(Number.isFinite);
    const high = Math.min(found.at(-1), Math.max(2 * most, ...firsts));
    if (this.log) return [low / 1.3, Math.max(high * 1.3, low * 2)];
    return [0 > low ? low * 1.05 : 0, high * 1.06 || 1];
  }

  draw() {
    const { box, film } = this;
    const { clientWidth, clientHeight } = box;
    if (clientWidth < 60 || clientHeight < 50) return;
    const { theme, stamp, axis, across, chosen } = film;
    const key = JSON.stringify([clientWidth, clientHeight, theme.name, stamp, axis, across, chosen, window.devicePixelRatio]);
    if (key !== this.drawn) {
      this.drawn = key;
      this.prepare(clientWidth, clientHeight);
    }
    this.drawTime();
  }

  prepare(clientWidth, clientHeight) {
    const { box, film, what, log } = this;
    const { theme, words } = film;
    const { left, right, bottom } = MARGIN;
    this.drawnLines = this.lines();
    const keys = this.keys(clientWidth);
    const top = MARGIN.top + Math.max(0, ...keys.map(({ y }) => y - BASE));
    const frame = { left, top, width: clientWidth - left - right, height: clientHeight - top - bottom };
    this.frame = frame;
    const [low, high] = this.range(this.drawnLines);
    this.up = new Scale({ scale: log ? "log" : "linear", low, high });
    this.along = new Scale({ scale: "linear", low: 0, high: film.farthest });
    this.toX = (value) => frame.left + this.along.share(value) * frame.width;
    this.toY = (value) => frame.top + (1 - this.up.share(log ? Math.max(value, 1e-300) : value)) * frame.height;
    const pen = canvasIn(box, "dl-axes");
    axes(pen, frame, this.along, this.up, [], theme);
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = theme.ink;
    const { title } = this;
    pen.fillText(title, frame.left, BASE);
    for (const { word, dash, width, x, y } of keys) {
      pen.strokeStyle = pen.fillStyle = theme.quiet;
      pen.lineWidth = width;
      pen.setLineDash(dash);
      pen.beginPath();
      pen.moveTo(x, y - 3.5);
      pen.lineTo(x + 20, y - 3.5);
      pen.stroke();
      pen.setLineDash([]);
      pen.fillText(word, x + 24, y);
    }
    this.mark(pen);
    box.setAttribute("aria-label", `${title}. ${words.film_curves_hint}`);
    this.drawCurves(clientWidth, clientHeight);
  }

  /** What solid and dotted lines are, and where that is told: beside the title, and below it where that is too narrow. */
  keys(clientWidth) {
    const { what, curves } = this;
    const { theme, words } = this.film;
    if (!this.drawnLines.some((line) => line.unseen)) return [];
    const pen = this.back.getContext("2d");
    pen.font = `12px ${theme.font}`;
    const end = clientWidth - (what === "loss" ? curves.corner.offsetWidth : 0);
    let [x, y] = [MARGIN.left + pen.measureText(this.title).width + 14, BASE];
    return [[words.film_training, [], 2.2], [words.film_validation, UNSEEN, 1.4]].map(([word, dash, width]) => {
      const wide = 36 + pen.measureText(word).width;
      if (y === BASE && x + wide - 6 > end) [x, y] = [MARGIN.left, BASE + WRAPPED];
      x += wide;
      return { word, dash, width, x: x - wide, y };
    });
  }

  /** In words, where a training has ended before its time: what, and where it will stand. */
  mark(pen) {
    const { film, frame, what } = this;
    this.marks = [];
    if (what !== "loss") return;
    const taken = [];
    pen.font = `12px ${film.theme.font}`;
    const soonest = [...this.drawnLines].sort((a, b) => a.runner.end - b.runner.end); // beside those that end first there is room
    for (const { runner, values, unseen } of soonest) {
      const text = unseen ? "" : film.ending(runner);
      const m = lastOf(values, runner.end);
      if (!text || m < 0) continue;
      const { width } = pen.measureText(text);
      const [x, y] = [this.toX(film.place(runner, m)), Math.max(this.toY(values[m]), frame.top)];
      const lines = Array.from({ length: 2 * FAR }, (_, i) => (i % 2 ? y + LINE * ((i + 1) / 2) : y - 6 - LINE * (i / 2))); // the nearest first
      const spots = lines.flatMap((line) => [x + GAP, x - GAP - width].map((left) => [left, line]));
      const spot = this.freest(spots, width, taken, y);
      if (!spot) continue; // the pointer tells it too
      taken.push([...spot, width]);
      this.marks.push({ text, spot, colour: runner.colour });
    }
  }

  /** These words, over all lines: on paper of their own. */
  write(pen) {
    const { theme } = this.film;
    pen.font = `12px ${theme.font}`;
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.lineJoin = "round";
    pen.lineWidth = 5;
    pen.strokeStyle = theme.paper;
    for (const { text, spot, colour } of this.marks) {
      pen.strokeText(text, ...spot);
      pen.fillStyle = colour;
      pen.fillText(text, ...spot);
    }
  }

  /** Where words so wide stand freest of curves (and near a height), of some spots [x, y], and clear of other words; null if nowhere. */
  freest(spots, width, taken, height = null) {
    const { film, frame, drawnLines, toX, toY } = this;
    let [found, best] = [null, -Infinity];
    for (const [x, y] of spots) {
      if (y < frame.top + 12 || y > frame.top + frame.height - 3 || x < frame.left + 3 || x + width > frame.left + frame.width - 3) continue;
      if (taken.some(([left, line, wide]) => Math.abs(line - y) < LINE && x < left + wide + GAP && left < x + width + GAP)) continue;
      let away = ENOUGH;
      for (const { runner, values } of drawnLines) {
        for (let m = 0; m <= film.steps; m++) {
          const px = toX(film.place(runner, m));
          if (px > x - GAP && px < x + width + GAP) away = Math.min(away, Math.abs(toY(values[m]) - (y - 4)) || ENOUGH);
        }
      }
      if (height !== null) away -= NEARER * Math.abs(y - height);
      if (away > best) [best, found] = [away, [x, y]];
    }
    return found;
  }

  /** Every curve from end to end, once; beside it the place of a moment on both axes. */
  drawCurves(clientWidth, clientHeight) {
    const { film, frame, back, toX, toY } = this;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(back, { width: Math.round(clientWidth * ratio), height: Math.round(clientHeight * ratio) });
    const pen = back.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.beginPath();
    pen.rect(frame.left - 1, frame.top - 2, frame.width + 8, frame.height + 3);
    pen.clip();
    const last = film.steps;
    for (const { runner, values, unseen } of this.drawnLines) if (runner.seeds > 1) band(pen, runner, values, unseen, last, film, toX, toY);
    for (const { runner, values, unseen } of [...this.drawnLines].sort((a, b) => b.unseen - a.unseen)) {
      const line = trace((m) => film.place(runner, m), (m) => values[m], last, toX, toY, frame);
      const wide = film.thick ? 1.5 : 1;
      strokeLine(pen, line, runner.colour, film.theme.paper, (unseen ? 1.3 : 2.2) * wide, unseen ? UNSEEN : dashOf(runner.dash));
    }
    this.drawEnds(pen);
    if (this.what === "loss") {
      for (const { runner, values, unseen } of this.drawnLines) {
        if (runner.best === null || (!unseen && runner.val_loss)) continue;
        dot(pen, toX(film.place(runner, runner.best)), toY(values[runner.best]), 5.5, "transparent", film.theme.paper);
        pen.lineWidth = 2;
        pen.strokeStyle = runner.colour;
        pen.stroke();
      }
    }
  }

  /** An arrow where a curve goes on outside of the frame, and a bar where a training has ended before its time. */
  drawEnds(pen) {
    const { film, frame, toX, toY } = this;
    const { theme, steps } = film;
    const bottom = frame.top + frame.height;
    for (const { runner, values, unseen, beyond = values } of this.drawnLines) {
      const at = (m) => [toX(film.place(runner, m)), toY(values[m])];
      const left = exits((m) => [at(m)[0], toY(beyond[m])], steps, frame);
      const m = lastOf(values, runner.end);
      if (m >= 0 && film.ending(runner)) {
        const [x, y] = at(m);
        if (runner.ended === null) {
          if (y >= frame.top && y <= bottom) cap(pen, x, y, runner.colour, theme.paper);
        } else if (this.what === "loss" && !unseen && y >= frame.top) left.push([x, true]); // to what no axis holds
      }
      for (const [x, up] of left) arrow(pen, x, up ? frame.top + 1 : bottom - 1, 0, up ? -1 : 1, ARROW, runner.colour, theme.paper);
    }
  }

  /** The moment: a line, a dot on each curve, and what is to come in pale. */
  drawTime() {
    const { film, box, frame, back, toX, toY } = this;
    const pen = canvasIn(box, "dl-over");
    const now = Math.min(toX(film.place(film.runners[film.chosen] ?? film.shown[0], film.t)), frame.left + frame.width);
    const ratio = window.devicePixelRatio || 1;
    const cut = Math.round((now + 1) * ratio);
    const { width, height } = back;
    if (cut > 0) pen.drawImage(back, 0, 0, cut, height, 0, 0, cut / ratio, height / ratio);
    if (cut < width) {
      pen.globalAlpha = film.across === "second" ? 1 : LATER; // in seconds everybody is elsewhere
      pen.drawImage(back, cut, 0, width - cut, height, cut / ratio, 0, (width - cut) / ratio, height / ratio);
      pen.globalAlpha = 1;
    }
    pen.fillStyle = film.theme.quiet;
    pen.fillRect(now - 0.5, frame.top, 1, frame.height);
    for (const { runner, values, unseen } of this.drawnLines) {
      const t = runner.ended === null ? Math.min(film.t, runner.end) : film.t; // ended early, it stays as it was
      const y = toY(mix((m) => values[m], t));
      if (!Number.isFinite(y) || y < frame.top - 2) continue;
      const x = toX(film.place(runner, t));
      const [radius, ring] = unseen ? [2.6, null] : [4.5, film.theme.paper];
      dot(pen, x, Math.min(y, frame.top + frame.height), radius, runner.colour, ring);
    }
    this.write(pen);
  }

  nearest(px, py) {
    const { film, toX, toY } = this;
    let [found, best] = [null, NEAR];
    for (const line of this.drawnLines ?? []) {
      const { distance, i } = approach(px, py, (m) => film.place(line.runner, m), (m) => line.values[m], toX, toY, 0, film.steps);
      if (distance < best) [best, found] = [distance, { ...line, m: i }];
    }
    return found;
  }

  tell(event) {
    const { film, what } = this;
    const { words } = film;
    const box = this.box.getBoundingClientRect();
    const found = this.nearest(event.clientX - box.left, event.clientY - box.top);
    if (!found) return film.tip(null);
    const { runner, m, unseen, values } = found;
    const title = element("b");
    title.innerHTML = `${swatch(runner)} `;
    title.append(runner.label);
    const value = what === "loss" ? number(values[m]) : `${percent(values[m])} %`;
    const kind = what === "loss" ? words.film_loss : words.film_accuracy;
    const lines = [`${kind}, ${unseen ? words.film_validation : words.film_training}: ${value}`, film.named(m)];
    if (runner.best === m) lines.push(words.film_best);
    if (m >= lastOf(values, runner.end) && film.ending(runner)) lines.push(film.ending(runner));
    film.tip([title, ...lines.map((text) => element("div", "", text))], event);
  }

  listen() {
    const { box, film } = this;
    let dragging = false;
    const go = (event) => {
      const left = box.getBoundingClientRect().left;
      const value = this.along.at((event.clientX - left - this.frame.left) / this.frame.width);
      film.pause();
      film.go(film.momentAt(value));
    };
    box.addEventListener("pointerdown", (event) => {
      if (!this.frame || event.button) return;
      dragging = true;
      box.setPointerCapture(event.pointerId);
      film.tip(null);
      go(event);
    });
    box.addEventListener("pointermove", (event) => {
      if (dragging) go(event);
      else if (this.frame && event.pointerType === "mouse") this.tell(event);
    });
    for (const kind of ["pointerup", "pointercancel"]) box.addEventListener(kind, () => (dragging = false));
    box.addEventListener("pointerleave", () => film.tip(null));
    layerIn(box, "dl-axes"); // below
  }
}

/** The last moment up to the end of a training of which there is a value; -1 if there is none. */
function lastOf(values, end) {
  let m = end;
  while (m >= 0 && !Number.isFinite(values[m])) m--;
  return m;
}

/** From the least to the most of all seeds. */
function band(pen, runner, values, unseen, last, film, toX, toY) {
  const ends = (m) => {
    let [low, high] = [Infinity, -Infinity];
    for (let seed = 0; seed < runner.seeds; seed++) {
      const value = values[seed * film.moments.length + m];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  };
  pen.beginPath();
  const highs = [];
  let started = false;
  for (let m = 0; m <= last; m++) {
    const [low, high] = ends(m);
    if (!Number.isFinite(low + high)) break;
    const x = toX(film.place(runner, m));
    pen[started ? "lineTo" : "moveTo"](x, toY(low));
    started = true;
    highs.push([x, toY(high)]);
  }
  for (const [x, y] of highs.reverse()) pen.lineTo(x, y);
  pen.globalAlpha = unseen ? 0.1 : 0.2;
  pen.fillStyle = runner.colour;
  pen.fill();
  pen.globalAlpha = 1;
}
