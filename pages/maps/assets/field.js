// The field: one or two maps, and a run of each beside it. Python computes; what is hovered is told here.
import { number, swatch } from "../descent-lab.canvas/draw.js";
import { kept } from "../descent-lab.canvas/keep.js";
import { bar, css, keyed } from "../descent-lab.canvas/legend.js";
import { reliefOf, themeOf } from "../descent-lab.canvas/look.js";
import { keepForPaper } from "../descent-lab.canvas/paper.js";
import { Reporter, unpacked } from "../descent-lab.canvas/wire.js";
import { Heat } from "./heat.js";
import { Plate } from "./plate.js";

export default kept(".dl-field", (root) => new Field(root));

class Field {
  constructor(root) {
    this.root = root;
    this.arrays = new Map();
    this.reporter = new Reporter();
    this.plates = [];
    this.images = new Map();
    this.reliefs = new Map();
    this.words = {};
    const find = (part) => root.querySelector(`.dl-${part}`);
    [this.legend, this.box, this.tipBox, this.note] = ["legend", "plates", "tip", "note"].map(find);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(root);
    this.onresize = () => this.resize();
    window.addEventListener("resize", this.onresize);
    this.queue = Promise.resolve();
  }

  /** Take messages in the order in which they come; what cannot be drawn says so. */
  receive(message) {
    return (this.queue = this.queue
      .then(() => this.gone || this.take(message))
      .catch((error) => {
        console.error(error);
        this.legend.textContent = (this.words.failed ?? "{reason}").replace("{reason}", error.message);
      }));
  }

  async take(message) {
    const { header, arrays } = await unpacked(message);
    for (const [name, array] of arrays) this.arrays.set(name, array);
    const names = new Set(
      header.plates.flatMap((plate) => [...Object.values(plate.planes), plate.surface.grid, plate.surface.marks, plate.run.path, ...(plate.edge ? [plate.edge] : [])]),
    );
    const need = [...names].filter((name) => !this.arrays.has(name));
    this.reporter.answered(header.ack);
    if (need.length) return this.reporter.report({ need });
    for (const name of this.arrays.keys()) if (!names.has(name)) this.arrays.delete(name);
    this.show(header);
  }

  show(header) {
    this.header = header;
    this.words = header.words;
    this.theme = themeOf(this.root);
    this.theme.accent = this.theme.dark ? "#ff9d5c" : "#c4480b";
    const alike = JSON.stringify([header.kind, header.colour, this.theme.name, header.fate_words, header.plates.map((plate) => plate.planes)]);
    if (alike !== this.alike) {
      this.alike = alike;
      this.heat = new Heat(header, this.arrays, this.theme);
      this.pictures = header.plates.map((plate) => this.heat.image(plate, this.arrays));
      this.drawLegend();
    }
    while (this.plates.length > header.plates.length) this.plates.pop().root.remove();
    while (this.plates.length < header.plates.length) this.plates.push(new Plate(this.box, this, this.plates.length));
    this.box.dataset.count = header.plates.length;
    this.box.dataset.kind = header.kind;
    for (const [i, plate] of header.plates.entries()) {
      const { surface } = plate;
      if (!this.reliefs.has(surface.key)) this.reliefs.set(surface.key, reliefOf(surface, this.arrays));
      const colour = this.theme.dark ? plate.dark : plate.light;
      this.plates[i].receive(plate, this.arrays, this.reliefs.get(surface.key), colour, this.pictures[i]);
      this.write(this.plates[i], plate, colour);
    }
    for (const key of this.reliefs.keys()) if (!header.plates.some((plate) => plate.surface.key === key)) this.reliefs.delete(key);
    this.fit();
    this.draw();
    this.root.dataset.drawn = (Number(this.root.dataset.drawn) || 0) + 1; // for whoever waits for the picture
    this.root.dataset.size = header.plates.map((plate) => plate.size).join();
  }

  // --- words --------------------------------------------------------------------------------------

  fate(number) {
    return this.header.fate_words[number];
  }

  /** Title, verdict and what else is said about a map. */
  write(view, plate, colour) {
    const { words, header } = this;
    const line = (text, className = "") => Object.assign(document.createElement("p"), { textContent: text, className });
    view.title.innerHTML = swatch({ dash: "solid", colour });
    view.title.append(plate.label);
    const under = [];
    const told = [];
    if (header.kind === "settings") {
      const at = plate.at.map((value, i) => `${[plate.x, plate.y][i].symbol} = ${number(value)}`).join(", ");
      told.push(line(at, "dl-at"), line(plate.run.verdict));
      const send = Object.assign(document.createElement("button"), { type: "button", className: "dl-send", textContent: words.map_send });
      send.disabled = header.full;
      if (header.full) send.title = words.full;
      send.addEventListener("click", () => this.reporter.report({ send: view.index, at: plate.at }));
      told.push(send);
      under.push(keyed("star", plate.told[0]), plate.told[1] && keyed("outline", plate.told[1]));
      if (plate.edge) under.push(keyed("edge", plate.edge_told));
      const { optimum } = plate;
      if (optimum) under.push(keyed(optimum.x === null || optimum.y === null ? "dotted" : "ring", words.map_optimum));
    } else {
      told.push(this.table(plate), line(plate.run.verdict));
    }
    view.words.replaceChildren(...told);
    view.under.replaceChildren(...under.filter(Boolean));
  }

  /** Share of the starts that each minimum draws. */
  table(plate) {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const key of ["which", "map_share"]) head.append(Object.assign(document.createElement("th"), { scope: "col", textContent: this.words[key] }));
    const body = table.createTBody();
    for (const { goal, label, share, circles } of plate.shares) {
      const row = body.insertRow();
      const colour = goal === null ? null : this.heat.goal(goal, circles ? -1 : this.heat.soon);
      const chip = colour ? `<i class="dl-chip" style="background:${css(colour)}"></i>` : '<i class="dl-chip dl-none"></i>';
      row.innerHTML = `<td>${chip}</td><td class="dl-number"></td>`;
      row.cells[0].append(label ?? this.fate(goal - this.header.nowhere));
      row.cells[1].textContent = `${number(100 * share)} %`;
    }
    return table;
  }

  drawLegend() {
    const { header, heat, words } = this;
    const parts = [];
    const chip = (colour, text) => {
      const made = Object.assign(document.createElement("span"), { className: "dl-key" });
      made.innerHTML = `<i class="dl-chip" style="background:${css(colour)}"></i>`;
      made.append(text);
      return made;
    };
    const times = { scale: "log", low: heat.soon + 1, high: heat.late + 1 };
    if (header.kind === "settings" && header.colour === "loss") {
      parts.push(bar(words.map_loss, heat.scale, { scale: "log", low: 10 ** heat.low, high: 10 ** heat.high }));
    } else if (header.kind === "starts" && heat.arrivals) {
      const shades = [...Array(9)].map((_, i) => heat.shade(heat.ink, i / 8));
      parts.push(bar(words.map_when, shades, times, [words.soon, words.late]));
    } else if (header.colour === "when" && heat.arrivals) parts.push(bar(words.map_when, heat.scale, times));
    const present = new Set(header.plates.flatMap((plate) => [...new Set(heat.fateOf(plate, this.arrays))]));
    const from = header.kind === "starts" || header.colour === "when" ? 1 : header.colour === "loss" ? 4 : 0;
    for (const [i, colour] of heat.fates.entries()) if (i >= from && present.has(i)) parts.push(chip(colour, this.fate(i)));
    this.legend.replaceChildren(...parts);
  }

  /** Name what the pointer is over. */
  tip(lines, event) {
    this.tipBox.hidden = !lines;
    if (!lines) return;
    this.tipBox.replaceChildren(...lines.filter(Boolean).map((text) => Object.assign(document.createElement("div"), { textContent: text })));
    const box = this.root.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const flip = x > box.width - 220;
    this.tipBox.style.left = flip ? "" : `${x + 16}px`;
    this.tipBox.style.right = flip ? `${box.width - x + 16}px` : "";
    this.tipBox.style.top = `${Math.max(0, y - 46)}px`;
  }

  say(words) {
    this.note.textContent = words;
    this.note.classList.add("dl-on");
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.note.classList.remove("dl-on"), 2600);
  }

  // --- what the visitor does ----------------------------------------------------------------------

  /** Show what was pointed at before Python has answered. */
  pointAt(values) {
    for (const view of this.plates) {
      view.plate.at = values;
      view.point();
    }
  }

  cellAt(values) {
    this.header.cell = values;
    this.pointAt(values);
    this.reporter.report({ cell: values });
  }

  /** The path from another start; `live` while a drag goes on. */
  probeAt(values, live) {
    this.pointAt(values);
    this.reporter.report({ probe: values, live });
  }

  startAt(values) {
    this.pointAt(values);
    this.reporter.report({ start: values, live: false });
    this.say(this.words.start_sent);
  }

  // --- drawing ------------------------------------------------------------------------------------

  /** Let maps and runs take the height that is left on the screen. */
  fit() {
    const count = this.plates.length;
    const phone = window.innerWidth <= 760;
    const scrolled = this.root.closest('[data-testid="stMain"]')?.scrollTop ?? 0;
    const above = this.box.getBoundingClientRect().top + scrolled;
    const left = Math.max(window.innerHeight - above - 24, 420);
    const column = this.box.clientWidth / (phone ? 1 : count) - (count > 1 ? 12 : 0);
    const settings = this.header.kind === "settings";
    const words = settings ? 200 : 130; // what is said under two maps
    for (const plate of this.plates) {
      let width = phone || count > 1 ? column : Math.min(column * 0.6, left);
      const most = phone ? Infinity : count > 1 ? left * (settings ? 0.55 : 0.62) : left - 128;
      while (plate.heightFor(width) > most && width > 260) width -= 4;
      const height = plate.heightFor(width);
      const side = count > 1 ? Math.max(left - height - words, 120) : Math.max((left - 190) / 2, 150);
      plate.root.style.setProperty("--dl-wide", `${Math.round(width)}px`);
      plate.root.style.setProperty("--dl-side", `${Math.round(side)}px`);
      plate.map.style.height = `${Math.round(height)}px`;
    }
  }

  draw() {
    if (this.gone) return;
    for (const plate of this.plates) plate.draw();
    keepForPaper(this.box, this.plates.flatMap((plate) => [plate.map, plate.path, plate.loss]));
  }

  resize() {
    cancelAnimationFrame(this.resizing);
    this.resizing = requestAnimationFrame(() => {
      if (!this.header || !this.root.isConnected || matchMedia("print").matches) return;
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
