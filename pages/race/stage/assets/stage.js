// The stage: three views of one race that move in step. Everything that plays, scrubs, steps, hovers, drags and is held
// happens here, without a round trip.
import { fill, number, swatch } from "../descent-lab.canvas/draw.js";
import { kept } from "../descent-lab.canvas/keep.js";
import { reliefOf, themeOf } from "../descent-lab.canvas/look.js";
import { keepForPaper } from "../descent-lab.canvas/paper.js";
import { Player, runnerOf } from "../descent-lab.canvas/player.js";
import { button, icon, name, Transport } from "../descent-lab.canvas/transport.js";
import { Reporter, textOf, unpacked } from "../descent-lab.canvas/wire.js";
import { Live, START } from "./live.js";
import { LossView } from "./loss.js";
import { MapView } from "./map.js";
import { ReliefView } from "./relief.js";
import { watchLink } from "./lost.js";
import { Steps } from "./steps.js";
import { Strip } from "./strip.js";
import { Table } from "./table.js";

const WHOLE_RUN = 8; // seconds that a run takes at normal speed
const SLOWEST = 4; // steps a second at normal speed, however short the run

const still = matchMedia("(prefers-reduced-motion: reduce)");
const saved = new Set(); // files that were asked for: a stage that is mounted anew does not save them again
const begun = new Set(); // scenes that have played by themselves: a page that is mounted anew does not begin again

/** Every array that a header speaks of, by name. The paths of its runners can mostly be found here. */
const namesIn = ({ lasting, surface, runners, live, steps_of, file }) => [
  ...[lasting, surface.grid, surface.marks, ...Object.values(live.sliders).map((slider) => slider[3])].filter(Boolean),
  ...runners.map((runner) => runner.path).filter((path) => path && !path.buffer),
  ...(steps_of ? [steps_of.used] : []),
  ...(file ? [file.text] : []),
];

export default kept(".dl-stage", (root) => new Stage(root));

/** Have plotly.js fetched, but not run yet: that takes half a second in which nothing else can be drawn. */
function expectPlotly([source]) {
  const href = new URL(source, document.baseURI).href;
  if (window.Plotly || document.head.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
}

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

/** Give the visitor a file, once for every time that it is asked for. */
function save(id, name, text) {
  if (saved.has(id)) return;
  saved.add(id);
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** Until the next picture of the screen has been made. */
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/** Plotly puts a notice of its own in the place of a 3D view that it cannot draw; ours is in the visitor's language. */
function hasWebGL() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

class Stage extends Player {
  constructor(root) {
    super();
    this.root = root;
    root.stage = this; // for whoever examines the picture
    this.coarse = matchMedia("(pointer: coarse)").matches;
    this.arrays = new Map();
    this.reporter = new Reporter();
    this.runners = [];
    this.lossAxis = "log";
    this.words = {};
    const find = (part) => root.querySelector(`.dl-${part}`);
    this.map = new MapView(find("map"), this);
    this.relief3d = new ReliefView(find("relief"), this);
    this.loss = new LossView(find("loss"), this);
    this.transport = new Transport(find("bar"), this);
    this.table = new Table(find("table"), this);
    this.numbers = new Steps(find("steps"), this);
    this.live = new Live(this);
    this.strip = new Strip(find("strip"), this);
    this.lost = find("lost");
    this.unwatch = watchLink(this.lost, () => this.resize());
    this.legend = find("legend");
    this.besideNote = find("beside");
    this.tipBox = find("tip");
    this.note = find("note");
    this.said = find("said");
    this.corners(find("map"), find("loss"));
    this.onkey = (event) => this.key(event);
    window.addEventListener("keydown", this.onkey, true);
    this.watch = new ResizeObserver(() => this.resize());
    for (const part of ["views", "map"]) this.watch.observe(find(part));
    this.onresize = () => this.resize();
    window.addEventListener("resize", this.onresize);
    this.onprint = () => this.relief3d.copy();
    window.addEventListener("beforeprint", this.onprint);
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
    const number = (this.received = (this.received ?? 0) + 1);
    const { header: brief, arrays } = await unpacked(message);
    for (const [key, array] of arrays) this.arrays.set(key, array);
    this.reporter.answered(brief.ack);
    if (!this.arrays.has(brief.lasting)) return this.reporter.report({ need: [brief.lasting] });
    const lasting = textOf(this.arrays.get(brief.lasting));
    const header = { ...brief, ...lasting, live: { ...brief.live, ...lasting.live } };
    expectPlotly(header.plotly);
    await this.live.load(header.live.engine);
    if (number < this.received || this.gone) return;
    header.runners = header.runners.map((runner, i) => (runner.path ? runner : this.live.sketched(header, i)));
    header.runners.forEach(({ path }, i) => {
      if (path.buffer) return;
      const found = !this.arrays.has(path) && this.live.found(header, i);
      if (found) this.arrays.set(path, found);
    });
    const names = new Set(namesIn(header));
    const need = [...names].filter((key) => !this.arrays.has(key));
    if (need.length) return this.reporter.report(this.live.engine ? { need } : { need, helpless: true });
    for (const key of this.arrays.keys()) if (!names.has(key)) this.arrays.delete(key);
    if (header.file) save(header.file.id, header.file.name, textOf(this.arrays.get(header.file.text)).text);
    this.next = header;
    if (!this.busy) await this.catchUp(); // the drawing under way takes the newest when it is done
  }

  async catchUp() {
    this.busy = true;
    try {
      while (this.next) {
        const newest = this.next;
        this.next = null;
        await this.show(newest);
      }
      if (this.moved) this.follow();
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
    const first = !this.shown;
    const fresh = first || header.epoch !== this.shown.epoch;
    const atEnd = this.t >= this.steps;
    if (!window.Plotly) await this.sketch(header);
    const Plotly = await plotly(header.plotly);
    if (this.next || this.gone) return; // overtaken, or taken down, while plotly.js was loading
    const { view } = header;
    this.live.take(header);
    this.adopt(header);
    this.shown = header;
    const plays = fresh && this.plays(header);
    if (fresh) {
      this.pause();
      this.t = plays ? 0 : Math.min(view.step ?? this.steps, this.steps);
      this.lossAxis = view.loss_axis;
    } else if (atEnd && !this.playing) this.t = this.steps;
    this.t = Math.min(this.t, this.steps);
    this.name();
    this.numbers.receive(header, this.arrays);
    this.fit();
    await this.views(Plotly, view);
    if (fresh && !first) {
      if (JSON.stringify(this.map.kept) !== JSON.stringify(view.window)) await this.map.look(view.window);
      if (this.relief3d.hooked && JSON.stringify(this.relief3d.kept) !== JSON.stringify(view.camera)) await this.relief3d.look(view.camera);
    }
    this.draw();
    if (this.said.textContent) this.tell(); // of this race, and in this language
    this.live.rulers.draw();
    begun.add(header.epoch);
    this.forPaper();
    if (plays) this.begin();
    this.root.dataset.drawn = (Number(this.root.dataset.drawn) || 0) + 1; // for whoever waits for the picture
  }

  /** What a message says becomes what is shown. */
  adopt(header) {
    this.header = header;
    this.theme = themeOf(this.root);
    this.words = header.words;
    this.take();
  }

  /** The first picture does not wait for plotly.js: map and curves stand on canvases of our own where Plotly's will. */
  async sketch(header) {
    const { view } = header;
    this.adopt(header);
    this.t = Math.min(view.step ?? (this.plays(header) ? 0 : this.steps), this.steps);
    this.lossAxis = view.loss_axis;
    this.name();
    this.fit();
    await this.flatViews(null, view);
    this.transport.time();
    this.table.time();
    this.root.dataset.sketched = ""; // for whoever waits for the first picture
    await painted();
  }

  /** Whether a scene starts its run by itself. */
  plays({ plays, view, epoch }) {
    return plays && view.step === null && !begun.has(epoch) && !still.matches;
  }

  /** Surface, start, length and runners of the race as it stands: the server's, but for what is held. */
  take() {
    const { header, theme } = this;
    const { scene } = this.live.held(header);
    this.relief = this.live.relief(header, scene, this.arrays, this.relief);
    this.steps = scene.steps;
    this.start = scene.start;
    const floor = header.surface.floor ?? 0;
    this.runners = this.live.runners(header).map((runner) => this.runner(runner, theme, floor));
    this.beside(header, floor);
  }

  /** Each runner is given what is drawn beside its path, and the legend says what that is. */
  beside(header, floor) {
    const { scene, runners } = this.live.held(header);
    const wanted = scene.dotted && this.live.ready;
    this.runners.forEach((runner, i) => {
      try {
        runner.besides = wanted && runner.shown ? this.live.besides(scene, runners[i], floor) : [];
      } catch (error) {
        console.warn(error);
        runner.besides = [];
      }
    });
    const told = new Set(this.runners.flatMap((runner, i) => runner.besides.map(({ key }) => header.besides?.[`${runners[i].optimizer}.${key}`] ?? header.besides?.[key] ?? key)));
    const { words } = header;
    const none = scene.dotted ? words.beside_none : "";
    this.besideNote.textContent = told.size ? [...told].join("   ") : none;
    this.besideNote.hidden = !this.besideNote.textContent;
  }

  /** Surface and axes where they have changed, and the paths. */
  async views(Plotly, view) {
    await this.flatViews(Plotly, view);
    await this.three(Plotly, this.theme, view.camera);
  }

  /** Map and curves: the 3D view takes its time. */
  async flatViews(Plotly, view) {
    const { theme } = this;
    if (Plotly) await this.map.surface(Plotly, this.relief, theme, view.window);
    else this.map.sketch(this.relief, theme, view.window);
    await this.loss.axes(Plotly, theme, this.live.holds);
    if (!this.gone) for (const view of [this.map, this.loss]) view.draw();
  }

  /** Something that is held has moved: draw the race anew, at once, but only once for each picture of the screen. */
  follow() {
    this.moved = true;
    if (!this.busy && !this.gone) this.followed(); // a drawing under way takes it along
  }

  async followed() {
    this.moved = false;
    this.busy = true;
    try {
      const atEnd = this.t >= this.steps;
      this.take();
      if (atEnd && !this.playing) this.t = this.steps;
      this.t = Math.min(this.t, this.steps);
      const { theme, header: { view } } = this;
      await this.flatViews(window.Plotly, view);
      this.root.dataset.followed = (Number(this.root.dataset.followed) || 0) + 1;
      await painted(); // what is done before makes map and curves late
      if (this.gone) return;
      await this.three(window.Plotly, theme, view.camera);
      this.drawRest(true);
      this.table.follow();
      this.numbers.draw();
      this.strip.draw();
      this.live.rulers.draw();
    } catch (error) {
      if (!this.gone) console.error(error);
    } finally {
      this.busy = false;
    }
    if (this.next) this.catchUp();
    else if (this.moved) this.follow();
  }

  /** The 3D view needs WebGL; without it the other two go on. */
  async three(Plotly, theme, camera) {
    if (!Plotly) return;
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
    const path = this.arrays.get(runner.path) ?? runner.path;
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
    this.lost.textContent = words.link_lost;
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
    this.chips();
    this.strip.draw();
  }

  /** The legend: a chip shows or hides its runner; where the strip stands in for the sidebar, it gives it to the strip. */
  chips() {
    const { words } = this;
    const made = (className, onclick) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", className });
      chip.addEventListener("click", onclick);
      return chip;
    };
    this.choosing = this.strip.visible;
    this.legend.replaceChildren(
      ...this.runners.flatMap((runner, i) => {
        const shows = words.show.replace("{name}", runner.label) + (i < 9 ? ` (${i + 1})` : "");
        const toggle = () => this.reporter.report({ toggle: i });
        const chip = made(this.choosing ? "dl-choice" : "", () => (this.choosing ? this.choose(i) : toggle()));
        chip.innerHTML = swatch(runner);
        chip.append(runner.label);
        if (!this.choosing) {
          chip.setAttribute("aria-pressed", runner.shown);
          name(chip, shows);
          return [chip];
        }
        chip.setAttribute("aria-current", i === this.strip.chosen);
        name(chip, words.choose.replace("{name}", runner.label));
        const eye = made("dl-eye", toggle);
        eye.innerHTML = icon(runner.shown ? "seen" : "unseen");
        eye.setAttribute("aria-pressed", runner.shown);
        name(eye, shows);
        const pair = document.createElement("span"); // they share a line
        pair.append(chip, eye);
        return [pair];
      }),
    );
  }

  choose(i) {
    this.strip.choose(i);
    this.chips();
    this.legend.querySelectorAll(".dl-choice")[i].focus();
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
    this.drawRest(lazy);
  }

  drawRest(lazy) {
    if (!this.flat) this.relief3d.draw(lazy);
    this.transport.time();
    this.table.time();
    this.numbers.time();
  }

  /** Let the views take the height that is left, so that the bar under them is on the screen. */
  fit() {
    const views = this.root.querySelector(".dl-views");
    this.strip.place(!document.fullscreenElement && window.innerWidth <= 760);
    if (document.fullscreenElement || window.innerWidth <= 760) return views.style.removeProperty("--dl-height");
    const scrolled = this.root.closest('[data-testid="stMain"]')?.scrollTop ?? 0;
    const above = views.getBoundingClientRect().top + scrolled;
    const { visible, box } = this.strip;
    // Pixels of the bar, of the strip over it, and of the line that covers the end of the page.
    const below = 62 + (visible ? box.offsetHeight + 8 : 0) + this.lost.offsetHeight;
    const height = Math.round(Math.min(Math.max(window.innerHeight - above - below, 380), 960));
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
      if (this.header && this.choosing !== this.strip.visible) this.name();
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

  // --- time -----------------------------------------------------------------------------------

  get rate() {
    return Math.max(SLOWEST, this.steps / WHOLE_RUN) * this.speed;
  }

  go(t) {
    const before = this.t;
    this.t = Math.min(Math.max(t, 0), this.steps);
    this.draw(this.playing);
    if ((this.t >= this.steps) !== (before >= this.steps)) this.tell();
    if (!this.playing) this.viewed();
  }

  tell() {
    const summary = this.t >= this.steps ? this.summary : "";
    if (summary !== this.said.textContent) this.said.textContent = summary; // else it would be read out once more
  }

  /** What became of everybody, for those who hear the page: read out when a run has come to its end. */
  get summary() {
    const shown = this.runners.filter((runner) => runner.shown);
    const [best] = shown.filter(({ final }) => final !== null).sort((a, b) => a.final - b.final);
    const lowest = best && shown.length > 1 ? [fill(this.words.lowest, { name: best.label, loss: number(best.final) })] : [];
    return [...lowest, ...shown.map(({ label, verdict }) => `${label}: ${verdict}`)].join(" ");
  }

  // --- what the visitor does --------------------------------------------------------------------

  /** Move the start; `dragged` while a drag goes on, of which the server hears only where it has to draw itself. */
  moveStart(x, y, dragged = false) {
    this.start = [x, y];
    this.live.move("start", [x, y], START, dragged);
    if (!dragged || !this.live.ready) this.reporter.report({ start: [x, y], live: dragged });
  }

  get view() {
    return {
      step: this.t >= this.steps ? null : Math.floor(this.t),
      camera: this.flat ? this.header.view.camera : this.relief3d.kept,
      window: this.map.kept,
      loss_axis: this.lossAxis,
    };
  }

  reportView() {
    this.settled();
    if (this.gone || !this.shown || this.playing) return;
    const { view } = this;
    if (JSON.stringify(view) !== JSON.stringify(this.header.view)) this.reporter.report({ view });
  }

  switchAxis() {
    this.lossAxis = this.lossAxis === "log" ? "linear" : "log";
    this.name();
    this.loss.axes(window.Plotly, this.theme, this.live.holds).then(() => this.draw());
    this.viewed();
  }

  async resetView() {
    await this.map.look(null);
    if (!this.flat) await this.relief3d.look(null);
    this.viewed();
  }

  get unrest() {
    return super.unrest || this.busy;
  }

  acts(event, far) {
    if (event.target === this.map.handle && event.key.startsWith("Arrow")) return null; // they move the start
    const runner = runnerOf(event, this.runners.length);
    return runner >= 0 ? () => this.reporter.report({ toggle: runner }) : super.acts(event, far);
  }

  leave() {
    this.gone = true;
    this.pause();
    window.removeEventListener("keydown", this.onkey, true);
    window.removeEventListener("resize", this.onresize);
    window.removeEventListener("beforeprint", this.onprint);
    window.removeEventListener("pointerup", this.map.onrelease, true);
    this.watch.disconnect();
    this.live.leave();
    this.unwatch();
    for (const view of [this.map, this.relief3d, this.loss]) if (view.hooked || view.drawn) window.Plotly?.purge(view.plot);
  }
}
