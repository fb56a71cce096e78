// The loss on a plane through the weights, with the paths of all runners in it, and how sharply the loss bends on the way.
import { canvasIn, layerIn } from "../descent-lab.canvas/canvas.js";
import { approach, boxOf, cut, mix } from "../descent-lab.canvas/clip.js";
import { cross, dashOf, diamond, dot, fill, number, swatch } from "../descent-lab.canvas/draw.js";
import { isoline } from "../descent-lab.canvas/isoline.js";
import { byPointer } from "../descent-lab.canvas/keys.js";
import { name } from "../descent-lab.canvas/transport.js";
import { element, write } from "./made.js";
import { ground, levelsOf } from "./relief.js";
import { Sharpness } from "./sharpness.js";

const NEAR = 14; // pixels within which the pointer finds a path
const TOP = 34; // pixels over the map, for its name and the choice of directions
const BASE = 18; // of the line of words there
const FAINTEST = 0.25; // how much is seen of a path that lies all outside of the plane
const LATER = 0.4; // and how much of that where it is still to come
const APART = 62; // pixels between two numbers on lines
const CLEAR = 13; // and from a number to a path, or to the edge

export class Landscape {
  constructor(root, film) {
    Object.assign(this, { root, film });
    const box = root.appendChild(element("div", "dl-plane"));
    this.map = box.appendChild(element("div"));
    this.map.setAttribute("role", "img");
    const corner = box.appendChild(element("div", "dl-corner"));
    this.choice = corner.appendChild(element("select"));
    this.choice.addEventListener("change", () => {
      if (byPointer()) this.choice.blur(); // else the keys would go on to choose
      film.look({ directions: this.choice.value });
    });
    this.chart = new Sharpness(root.appendChild(element("div", "dl-chart")), this);
    this.note = root.appendChild(element("p", "dl-now dl-hint"));
    this.wait = root.appendChild(element("p", "dl-wait dl-now"));
    this.listen();
  }

  /** The landscape, if it is that of the directions which are chosen. */
  get land() {
    const { landscape } = this.film.header;
    return landscape && landscape.directions === this.film.directions ? landscape : null;
  }

  receive() {
    const { film, land } = this;
    const { words } = film;
    const names = { paths: words.film_directions_paths, random: words.film_directions_random };
    const option = (key) => Object.assign(element("option", "", names[key]), { value: key, selected: key === film.directions });
    this.choice.replaceChildren(...Object.keys(names).map(option));
    name(this.choice, words.film_directions);
    this.map.setAttribute("aria-label", words.film_landscape_of);
    write(this.wait, land ? "" : words.film_landscape_waits);
    this.wait.hidden = Boolean(land);
    this.root.classList.toggle("dl-bare", !land);
    write(this.note, land ? this.noted(land) : "");
    this.note.title = this.note.textContent; // for a small pane, which shows its beginning
    this.drawn = this.chart.drawn = null;
  }

  noted({ centre, examples, directions }) {
    const { film } = this;
    const { words, network, data } = film;
    const said = [fill(words.film_landscape_note, { name: film.runners[centre]?.label ?? "" })];
    if (directions === "random") said.push(words.film_landscape_random);
    if (network.norm) said.push(words.film_landscape_norm);
    if (examples < data.train) said.push(fill(words.film_landscape_some, { count: examples }));
    return said.join(" ");
  }

  /** The runners that are shown, with their places in the plane and how far off it they are. */
  paths() {
    const { film, land } = this;
    return film.shown.filter(({ index }) => land.runners[index]).map((runner) => {
      const { where, off } = land.runners[runner.index];
      const [places, shares] = [film.arrays.get(where), film.arrays.get(off)];
      return { runner, x: (m) => places[2 * m], y: (m) => places[2 * m + 1], off: (m) => shares[m] };
    });
  }

  draw() {
    const { film, map, land } = this;
    if (!land) return;
    const { clientWidth, clientHeight } = map;
    if (clientWidth < 80 || clientHeight < 100) return;
    const key = JSON.stringify([clientWidth, clientHeight, film.theme.name, film.stamp, window.devicePixelRatio]);
    if (key !== this.drawn) {
      this.drawn = key;
      this.prepare(clientWidth, clientHeight);
    }
    this.drawPaths();
    this.chart.draw();
  }

  prepare(width, height) {
    const { film, map, land } = this;
    const { theme, words } = film;
    const side = Math.min(width - 2, height - TOP - 2);
    const frame = { left: Math.round((width - side) / 2), top: TOP, width: side, height: side };
    const [[x0, x1], [y0, y1]] = land.bounds;
    this.frame = frame;
    this.toX = (x) => frame.left + ((x - x0) / (x1 - x0)) * side;
    this.toY = (y) => frame.top + ((y1 - y) / (y1 - y0)) * side;
    this.lines = this.paths();
    const heights = film.arrays.get(land.heights);
    const { levels, share } = levelsOf(heights);
    const pen = canvasIn(map, "dl-axes");
    pen.imageSmoothingQuality = "high";
    const half = side / (land.size - 1) / 2; // the picture of a grid has a pixel around each of its points
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, side, side);
    pen.clip();
    pen.drawImage(ground(heights, land.size, share, theme), frame.left - half, frame.top - half, side + 2 * half, side + 2 * half);
    pen.strokeStyle = theme.contour;
    pen.lineWidth = 1;
    const numbers = [];
    for (const [i, level] of levels.entries()) {
      const pieces = isoline(heights, land.size, level).map((value, k) => (k % 2 ? frame.top + (1 - value / (land.size - 1)) * side : frame.left + (value / (land.size - 1)) * side));
      pen.beginPath();
      for (let k = 0; k < pieces.length; k += 4) {
        pen.moveTo(pieces[k], pieces[k + 1]);
        pen.lineTo(pieces[k + 2], pieces[k + 3]);
      }
      pen.stroke();
      const place = i % 2 ? null : this.free(pieces, numbers);
      if (place) numbers.push({ ...place, level });
    }
    pen.font = `11px ${theme.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    for (const { x, y, level } of numbers) {
      pen.strokeStyle = theme.paper;
      pen.globalAlpha = 0.8;
      pen.lineWidth = 3;
      pen.strokeText(number(level), x, y);
      pen.globalAlpha = 1;
      pen.fillStyle = theme.quiet;
      pen.fillText(number(level), x, y);
    }
    pen.restore();
    pen.strokeStyle = theme.line;
    pen.lineWidth = 1;
    pen.strokeRect(frame.left - 0.5, frame.top - 0.5, side + 1, side + 1);
    pen.font = `12px ${theme.font}`;
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = theme.ink;
    const room = width - this.choice.offsetWidth - 8;
    if (pen.measureText(words.film_landscape_of).width <= room) pen.fillText(words.film_landscape_of, 0, BASE);
  }

  /** Where a number has room on a line: far from other numbers, from paths and from the edge. */
  free(pieces, numbers) {
    const { frame, lines, toX, toY, film } = this;
    const every = Math.max(4, 4 * Math.ceil(pieces.length / 4 / 60));
    let [found, most] = [null, APART];
    for (let k = 0; k < pieces.length; k += every) {
      const [x, y] = [pieces[k], pieces[k + 1]];
      if (Math.min(x - frame.left, frame.left + frame.width - x) < 1.6 * CLEAR || Math.min(y - frame.top, frame.top + frame.height - y) < CLEAR) continue;
      const away = Math.min(3 * APART, ...numbers.map((other) => Math.hypot(x - other.x, y - other.y)));
      if (away < most || (found && away <= most)) continue;
      if (lines.some((line) => approach(x, y, line.x, line.y, toX, toY, 0, film.steps).distance < 1.4 * CLEAR)) continue;
      [found, most] = [{ x, y }, away];
    }
    return found;
  }

  /** Paths, as far as the film has come, and faint what is still to come; each paler where it is far off the plane. */
  drawPaths() {
    const { film, map, frame, lines, toX, toY } = this;
    const { theme, t, steps, thick } = film;
    const pen = canvasIn(map, "dl-over");
    const box = boxOf(frame);
    const wide = thick ? 1.5 : 1;
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
    pen.lineCap = "round";
    const at = (line, m) => [toX(mix(line.x, m)), toY(mix(line.y, m))];
    const draw = (line, from, to, width, colour, seen, dash = []) => {
      let length = 0;
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.setLineDash(dash);
      for (let m = from; m < to; m = Math.floor(m) + 1) {
        const end = Math.min(Math.floor(m) + 1, to);
        const ends = [...at(line, m), ...at(line, end)];
        if (!ends.every(Number.isFinite)) continue;
        const long = Math.hypot(ends[2] - ends[0], ends[3] - ends[1]);
        pen.lineDashOffset = length;
        length += long;
        if (!cut(ends, box)) continue;
        pen.globalAlpha = seen === null ? 0.6 : seen * (1 - (1 - FAINTEST) * mix(line.off, (m + end) / 2));
        pen.beginPath();
        pen.moveTo(ends[0], ends[1]);
        pen.lineTo(ends[2], ends[3]);
        pen.stroke();
      }
      pen.setLineDash([]);
    };
    for (const line of lines) draw(line, t, steps, 1.4 * wide, line.runner.colour, LATER);
    for (const line of lines) draw(line, 0, t, 4.5 * wide, theme.paper, null);
    pen.lineCap = "butt";
    for (const line of lines) draw(line, 0, t, 2.2 * wide, line.runner.colour, 1, dashOf(line.runner.dash));
    pen.globalAlpha = 1;
    cross(pen, toX(0), toY(0), 4.5 * wide, theme.ink, theme.paper, 2);
    const [first] = lines;
    if (first && Number.isFinite(first.x(0))) diamond(pen, ...at(first, 0), 5.5 * wide, theme.ink, theme.paper);
    for (const line of lines) {
      const [x, y] = at(line, t);
      if (!Number.isFinite(x + y)) continue;
      const chosen = line.runner.index === film.chosen && lines.length > 1;
      dot(pen, x, y, (chosen ? 6 : 5) * wide, line.runner.colour, chosen ? theme.ink : theme.paper);
    }
    pen.restore();
  }

  nearest(px, py) {
    const { lines, toX, toY, film } = this;
    let [found, best] = [null, NEAR];
    for (const line of lines) {
      const { distance, i } = approach(px, py, line.x, line.y, toX, toY, 0, film.steps);
      if (distance < best) [best, found] = [distance, { ...line, m: i }];
    }
    return found;
  }

  tell(event) {
    const { film, map, frame, land } = this;
    const { words } = film;
    const box = map.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const [u, v] = [(px - frame.left) / frame.width, (frame.top + frame.height - py) / frame.height];
    if (!(Math.min(u, v) >= 0 && Math.max(u, v) <= 1)) return film.tip(null);
    const found = this.nearest(px, py);
    if (found) {
      const { runner, m } = found;
      const title = element("b");
      title.innerHTML = `${swatch(runner)} `;
      title.append(runner.label);
      const loss = film.arrays.get(runner.loss)?.[m];
      const share = Math.round(100 * found.off(m));
      const lines = [film.named(m), `${words.film_loss}, ${words.film_training}: ${number(loss)}`, fill(words.film_landscape_off, { share })];
      return film.tip([title, ...lines.map((text) => element("div", "", text))], event);
    }
    const heights = film.arrays.get(land.heights);
    const last = land.size - 1;
    film.tip([element("div", "", fill(words.film_landscape_here, { loss: number(heights[Math.round(v * last) * land.size + Math.round(u * last)]) }))], event);
  }

  listen() {
    const { map, film } = this;
    map.addEventListener("pointermove", (event) => {
      if (this.land && this.frame && event.pointerType === "mouse") this.tell(event);
      else film.tip(null);
    });
    map.addEventListener("pointerleave", () => film.tip(null));
    map.addEventListener("click", (event) => {
      if (!this.land || !this.frame) return;
      const box = map.getBoundingClientRect();
      const found = this.nearest(event.clientX - box.left, event.clientY - box.top);
      if (!found) return;
      film.pause();
      film.go(found.m);
    });
    layerIn(map, "dl-axes"); // below
  }
}
