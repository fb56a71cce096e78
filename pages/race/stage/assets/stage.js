// The stage: three views of one race that move in step. Python computes; everything that plays, scrubs,
// steps, hovers and drags happens here, without a round trip.
import { number, swatch } from "../descent-lab.canvas/draw.js";
import { kept } from "../descent-lab.canvas/keep.js";
import { taken } from "../descent-lab.canvas/keys.js";
import { reliefOf, themeOf } from "../descent-lab.canvas/look.js";
import { keepForPaper } from "../descent-lab.canvas/paper.js";
import { decode, Reporter } from "../descent-lab.canvas/wire.js";
import { LossView } from "./loss.js";
import { MapView } from "./map.js";
import { ReliefView } from "./relief.js";
import { Steps } from "./steps.js";
import { Table } from "./table.js";
import { button, name, Transport } from "./transport.js";

const WHOLE_RUN = 8; // seconds that a run takes at normal speed
const SLOWEST = 4; // steps a second at normal speed, however short the run
const SETTLE = 250; // milliseconds after the last change of view before it is reported

/** Every array that a header speaks of, by name. */
const namesIn = ({ surface, runners, steps_of }) => [
  ...[surface.grid, surface.marks, ...runners.map((runner) => runner.path)],
  ...(steps_of ? [steps_of.used] : []),
];

export default kept(".dl-stage", (root) => new Stage(root));

/** plotly.js from the first source that has it: no network is needed, and no second copy is loaded. */
async function plotly(sources) {
  for (const source of sources) {
    if (window.Plotly) break;
    const url = new URL(source, document.baseURI).href;
    try {
      await import(url);
    } catch (error) {
      console.warn(`plotly.js not at ${url}:`, error);
    }
  }
  if (!window.Plotly) throw new Error(`plotly.js: ${sources.join(", ")}`);
  return window.Plotly;
}

/** Plotly puts a notice of its own in the place of a 3D view that it cannot draw; ours is in the visitor's language. */
function hasWebGL() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

class Stage {
  constructor(root) {
    this.root = root;
    this.coarse = matchMedia("(pointer: coarse)").matches;
    this.arrays = new Map();
    this.reporter = new Reporter();
    this.runners = [];
    this.steps = 0;
    this.t = 0;
    this.speed = 1;
    this.playing = false;
    this.lossAxis = "log";
    this.words = {};
    const find = (part) => root.querySelector(`.dl-${part}`);
    this.map = new MapView(find("map"), this);
    this.relief3d = new ReliefView(find("relief"), this);
    this.loss = new LossView(find("loss"), this);
    this.transport = new Transport(find("bar"), this);
    this.table = new Table(find("table"), this);
    this.numbers = new Steps(find("steps"), this);
    this.legend = find("legend");
    this.tipBox = find("tip");
    this.note = find("note");
    this.corners(find("map"), find("loss"));
    this.onkey = (event) => this.key(event);
    window.addEventListener("keydown", this.onkey, true);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(find("views"));
    this.onresize = () => this.resize();
    window.addEventListener("resize", this.onresize);
  }

  corners(map, loss) {
    const corner = (view, ...buttons) => {
      const box = view.appendChild(document.createElement("div"));
      box.className = "dl-corner";
      box.append(...buttons);
      return buttons;
    };
    [this.zoomIn, this.zoomOut, this.home] = corner(
      map,
      button("plus", () => this.map.zoomCentre(1 / 1.5)),
      button("minus", () => this.map.zoomCentre(1.5)),
      button("home", () => this.resetView()),
    );
    [this.axis] = corner(loss, button("home", () => this.switchAxis(), "dl-words"));
  }

  // --- what comes from Python -----------------------------------------------------------------

  /** Take a message; if it speaks of arrays that are not here, ask for them. Later messages overtake earlier ones. */
  async receive(message) {
    const { header, arrays } = decode(message);
    for (const [key, array] of arrays) this.arrays.set(key, array);
    const names = new Set(namesIn(header));
    const need = [...names].filter((key) => !this.arrays.has(key));
    this.reporter.answered(header.ack);
    if (need.length) return this.reporter.report({ need });
    for (const key of this.arrays.keys()) if (!names.has(key)) this.arrays.delete(key);
    this.next = header;
    if (this.busy) return; // the drawing under way takes the newest when it is done
    this.busy = true;
    try {
      while (this.next) {
        const newest = this.next;
        this.next = null;
        await this.show(newest);
      }
    } catch (error) {
      if (this.gone) return; // taken down in the middle of a drawing
      console.error(error);
      this.fail(error);
    } finally {
      this.busy = false;
    }
  }

  fail(error) {
    const words = this.words.failed ?? "{reason}";
    this.root.querySelector(".dl-legend").textContent = words.replace("{reason}", error.message);
  }

  async show(header) {
    const first = !this.header;
    const fresh = first || header.epoch !== this.header.epoch;
    const atEnd = this.t >= this.steps;
    const Plotly = await plotly(header.plotly);
    if (this.next || this.gone) return; // overtaken, or taken down, while plotly.js was loading
    const theme = themeOf(this.root);
    const { view } = header;
    if (!this.relief || this.header.surface.key !== header.surface.key) this.relief = reliefOf(header.surface, this.arrays);
    this.header = header;
    this.theme = theme;
    this.words = header.words;
    this.steps = header.steps;
    if (!this.map.dragging) this.start = header.start;
    this.runners = header.runners.map((runner) => this.runner(runner, theme, header.surface.floor ?? 0));
    if (fresh) {
      this.pause();
      this.t = Math.min(view.step ?? this.steps, this.steps);
      this.lossAxis = view.loss_axis;
    } else if (atEnd && !this.playing) this.t = this.steps;
    this.t = Math.min(this.t, this.steps);
    this.name();
    this.numbers.receive(header, this.arrays);
    this.fit();
    await this.map.surface(Plotly, this.relief, theme, view.window);
    await this.loss.axes(Plotly, theme);
    if (!this.gone) for (const view of [this.map, this.loss]) view.draw(); // the 3D view has yet to take the new paths
    await this.three(Plotly, theme, view.camera);
    if (fresh && !first) {
      if (JSON.stringify(this.map.kept) !== JSON.stringify(view.window)) await this.map.look(view.window);
      if (this.relief3d.hooked && JSON.stringify(this.relief3d.kept) !== JSON.stringify(view.camera)) await this.relief3d.look(view.camera);
    }
    this.draw();
    this.forPaper();
    this.root.dataset.drawn = (Number(this.root.dataset.drawn) || 0) + 1; // for whoever waits for the picture
  }

  /** The 3D view needs WebGL; without it the other two go on. */
  async three(Plotly, theme, camera) {
    if (this.flat) {
      this.relief3d.section.querySelector(".dl-message").textContent = this.words.no_webgl;
      return;
    }
    try {
      if (!this.relief3d.hooked && !hasWebGL()) throw new Error("no WebGL");
      await this.relief3d.surface(Plotly, this.relief, theme, camera);
    } catch (error) {
      console.warn(error);
      this.flat = true;
      const message = document.createElement("p");
      message.className = "dl-message";
      message.textContent = this.words.no_webgl;
      this.relief3d.section.replaceChildren(message);
      this.relief3d.hooked = false;
    }
  }

  runner(runner, theme, floor) {
    const path = this.arrays.get(runner.path);
    const length = path.length / 3;
    return {
      ...runner,
      colour: theme.dark ? runner.dark : runner.light,
      length,
      x: (i) => path[i],
      y: (i) => path[length + i],
      gap: (i) => path[2 * length + i],
      f: (i) => path[2 * length + i] + floor,
    };
  }

  name() {
    const { words } = this;
    this.transport.words(words);
    name(this.home, words.reset_view);
    name(this.zoomIn, words.zoom_in);
    name(this.zoomOut, words.zoom_out);
    name(this.map.handle, words.start_handle);
    this.axis.textContent = this.lossAxis === "log" ? words.axis_linear : words.axis_log;
    this.axis.hidden = this.header.surface.floor === null;
    name(this.axis, this.lossAxis === "log" ? words.axis_to_linear : words.axis_to_log);
    for (const [view, key] of [[this.map, "map_view"], [this.relief3d, "relief_view"], [this.loss, "loss_view"]]) {
      view.section.setAttribute("aria-label", words[key]);
    }
    this.table.draw();
    this.legend.setAttribute("aria-label", words.runner);
    this.legend.replaceChildren(
      ...this.runners.map((runner, i) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.innerHTML = swatch(runner);
        chip.append(runner.label);
        chip.setAttribute("aria-pressed", runner.shown);
        name(chip, words.show.replace("{name}", runner.label) + (i < 9 ? ` (${i + 1})` : ""));
        chip.addEventListener("click", () => this.reporter.report({ toggle: i }));
        return chip;
      }),
    );
  }

  // --- drawing --------------------------------------------------------------------------------

  get thick() {
    return Boolean(document.fullscreenElement) || window.innerWidth >= 2200;
  }

  lossAt(runner) {
    return runner.f(Math.min(Math.floor(this.t), runner.length - 1));
  }

  draw(lazy = false) {
    if (this.gone) return;
    this.map.draw();
    this.loss.draw();
    if (!this.flat) this.relief3d.draw(lazy);
    this.transport.time();
    this.table.time();
    this.numbers.time();
  }

  /** Let the views take the height that is left, so that the bar under them is on the screen. */
  fit() {
    const views = this.root.querySelector(".dl-views");
    if (document.fullscreenElement || window.innerWidth <= 760) return views.style.removeProperty("--dl-height");
    const scrolled = this.root.closest('[data-testid="stMain"]')?.scrollTop ?? 0;
    const above = views.getBoundingClientRect().top + scrolled;
    const height = Math.round(Math.min(Math.max(window.innerHeight - above - 62, 380), 960));
    views.style.setProperty("--dl-height", `${height}px`);
  }

  forPaper() {
    this.root.classList.toggle("dl-narrow", window.innerWidth <= 760);
    keepForPaper(this.root.querySelector(".dl-views"), [this.map, this.relief3d, this.loss].map((view) => view.section));
  }

  resize() {
    cancelAnimationFrame(this.resizing);
    this.resizing = requestAnimationFrame(async () => {
      if (!this.root.isConnected || matchMedia("print").matches) return;
      this.fit();
      await Promise.all([this.map, this.loss, this.relief3d].map((view) => view.resize()));
      if (!this.header) return;
      this.draw();
      this.forPaper();
    });
  }

  /** Name what the pointer is over: runner, step, point, loss; or a marked point of the surface. */
  tip(found, event) {
    this.tipBox.hidden = !found;
    if (!found) return;
    const { words } = this;
    const title = document.createElement("b");
    const line = (text) => Object.assign(document.createElement("div"), { textContent: text });
    const place = (x, y, f) => [line(`(${number(x)}, ${number(y)})`), line(`${words.loss} ${number(f)}`)];
    if (found.mark) {
      const [x, y, f, kind] = found.mark;
      const searched = kind < 2 && this.header.surface.found;
      title.textContent = searched ? words.mark_found : [words.mark_minimum, words.mark_local, words.mark_saddle][kind];
      this.tipBox.replaceChildren(title, ...place(x, y, f), ...(searched ? [line(words.mark_others)] : []));
    } else {
      const { runner, i, above } = found;
      title.innerHTML = `${swatch(runner)} `;
      title.append(runner.label);
      this.tipBox.replaceChildren(title, line(`${words.step} ${i}`), ...place(runner.x(i), runner.y(i), runner.f(i)));
      const height = number(runner.gap(i)); // what the axis says
      if (above && height !== number(runner.f(i))) this.tipBox.append(line(`${words.above} ${height}`));
    }
    const box = this.root.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const flip = x > box.width - 190;
    this.tipBox.style.left = flip ? "" : `${x + 16}px`;
    this.tipBox.style.right = flip ? `${box.width - x + 16}px` : "";
    this.tipBox.style.top = `${Math.max(0, y - 40)}px`;
  }

  say(words) {
    this.note.textContent = words;
    this.note.classList.add("dl-on");
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.note.classList.remove("dl-on"), 1800);
  }

  // --- time -----------------------------------------------------------------------------------

  get rate() {
    return Math.max(SLOWEST, this.steps / WHOLE_RUN) * this.speed;
  }

  go(t) {
    this.t = Math.min(Math.max(t, 0), this.steps);
    this.draw(this.playing);
    if (!this.playing) this.viewed();
  }

  step(by) {
    this.pause();
    this.go(Math.floor(this.t) + by);
  }

  toggle() {
    if (this.playing) {
      this.pause();
      this.go(Math.floor(this.t));
    } else this.begin();
  }

  replay() {
    this.t = 0;
    this.begin();
  }

  begin() {
    if (this.t >= this.steps) this.t = 0;
    this.playing = true;
    this.transport.playing();
    let last = performance.now();
    const tick = (now) => {
      if (!this.playing) return;
      const t = Math.min(this.steps, this.t + ((now - last) / 1000) * this.rate);
      last = now;
      if (t >= this.steps) this.pause();
      this.go(t);
      if (this.playing) this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.transport.playing();
  }

  // --- what the visitor does --------------------------------------------------------------------

  /** Move the start; `live` while a drag goes on. */
  moveStart(x, y, live = false) {
    this.start = [x, y];
    this.reporter.report({ start: [x, y], live });
  }

  get view() {
    return {
      step: this.t >= this.steps ? null : Math.floor(this.t),
      camera: this.flat ? this.header.view.camera : this.relief3d.kept,
      window: this.map.kept,
      loss_axis: this.lossAxis,
    };
  }

  /** The view has changed: report it once it has come to rest. */
  viewed() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.reportView(), SETTLE);
  }

  reportView() {
    clearTimeout(this.settling);
    if (this.gone || !this.header || this.playing) return;
    const { view } = this;
    if (JSON.stringify(view) !== JSON.stringify(this.header.view)) this.reporter.report({ view });
  }

  switchAxis() {
    this.lossAxis = this.lossAxis === "log" ? "linear" : "log";
    this.name();
    this.loss.axes(window.Plotly, this.theme).then(() => this.draw());
    this.viewed();
  }

  async resetView() {
    await this.map.look(null);
    if (!this.flat) await this.relief3d.look(null);
    this.viewed();
  }

  async copyLink() {
    this.pause();
    this.reportView();
    const until = performance.now() + 2000;
    while ((this.reporter.busy || this.reporter.waiting || this.busy) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const link = `${location.origin}${location.pathname}?${this.header.link}`;
    try {
      await navigator.clipboard.writeText(link);
      this.say(this.words.copied);
    } catch {
      this.say(this.words.copy_failed);
    }
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.header || !this.root.isConnected) return;
    const { target } = event;
    if (target !== this.transport.scrub && taken(event)) return; // the scrub bar shows what the keys do
    if (target === this.map.handle && event.key.startsWith("Arrow")) return; // they move the start
    const far = event.shiftKey ? 10 : 1;
    const acts = {
      ArrowLeft: () => this.step(-far),
      ArrowRight: () => this.step(far),
      Home: () => this.step(-Infinity),
      End: () => this.step(Infinity),
      r: () => this.replay(),
      R: () => this.replay(),
      " ": () => this.toggle(),
    };
    let act = acts[event.key];
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (digit && Number(digit[1]) <= this.runners.length) act = () => this.reporter.report({ toggle: Number(digit[1]) - 1 });
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Streamlit reruns the page on R
    act();
  }

  leave() {
    this.gone = true;
    this.pause();
    window.removeEventListener("keydown", this.onkey, true);
    window.removeEventListener("resize", this.onresize);
    window.removeEventListener("pointerup", this.map.onrelease, true);
    this.watch.disconnect();
    for (const view of [this.map, this.relief3d, this.loss]) if (view.hooked || view.drawn) window.Plotly?.purge(view.plot);
  }
}
