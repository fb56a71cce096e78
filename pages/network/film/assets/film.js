// The film of a training: one panel a runner, a pane beside them, and the bar that moves all of them in step. It was computed
// before; here it is played, without a round trip.
import { fill, number, swatch } from "../descent-lab.canvas/draw.js";
import { kept } from "../descent-lab.canvas/keep.js";
import { themeOf } from "../descent-lab.canvas/look.js";
import { keepForPaper } from "../descent-lab.canvas/paper.js";
import { Player, runnerOf } from "../descent-lab.canvas/player.js";
import { button, name, Transport } from "../descent-lab.canvas/transport.js";
import { Reporter, textOf, unpacked } from "../descent-lab.canvas/wire.js";
import { palette } from "./colours.js";
import { arrange } from "./layout.js";
import { element, write } from "./made.js";
import { Net } from "./net.js";
import { Pace } from "./pace.js";
import { Pane } from "./pane.js";
import { Panel } from "./panel.js";
import { Ruler } from "./ruler.js";
import { Weights } from "./weights.js";

const WHOLE_FILM = 8; // seconds that a film takes at normal speed
const SLOWEST = 4; // moments a second at normal speed, however short the film
const REST = 140; // milliseconds without a change after which the maps are drawn fine
const NARROW = 760; // pixels of a phone

const still = matchMedia("(prefers-reduced-motion: reduce)");
const begun = new Set(); // scenes that have played by themselves: a page that is mounted anew does not begin again

export default kept(".dl-film", (root) => new Film(root));

/** Every array without which nothing can be drawn, by name. */
const namesIn = ({ film, data, runners, landscape }) => [
  ...(film ? [film.moments] : []),
  ...(data ? [data.x, data.t] : []),
  ...(film ? runners : []).flatMap((runner) => [
    ...Weights.needed(runner),
    ...["loss", "val_loss", "accuracy", "val_accuracy", "norms", "ratios", "predicted", "sure"].map((key) => runner[key]).filter(Boolean),
    ...(runner.histograms ? [runner.histograms.activations, runner.histograms.gradients, runner.histograms.dead].filter(Boolean) : []),
  ]),
  ...(landscape ? [landscape.heights, ...landscape.runners.flatMap((lane) => [lane.where, lane.off, lane.sharpness, lane.edge].filter(Boolean))] : []),
];
/** Those that come as they are needed. */
const laterIn = ({ runners }) => runners.flatMap(({ weights }) => (Array.isArray(weights) ? weights : []));

class Film extends Player {
  constructor(root) {
    super();
    this.root = root;
    root.film = this; // for whoever examines the picture
    this.arrays = new Map();
    this.reporter = new Reporter();
    this.weights = new Weights(this);
    this.pace = new Pace();
    this.runners = [];
    this.shown = [];
    this.points = [];
    this.words = {};
    this.placed = 0; // class of the points that are placed by touch
    this.pending = false; // points were placed of which Python is yet to hear
    this.flips = []; // runners that were pressed, and Python is yet to hear of
    this.stamp = 0;
    this.cost = 0; // milliseconds of the last picture
    const find = (part) => root.querySelector(`.dl-${part}`);
    [this.legend, this.signs, this.classes, this.body] = ["legend", "signs", "classes", "body"].map(find);
    [this.box, this.message, this.tipBox, this.note, this.said] = ["panels", "message", "tip", "note", "said"].map(find);
    this.panels = [];
    this.pane = new Pane(find("pane"), this);
    this.transport = new Transport(find("bar"), this, () => this.told(), { back: "film_back", forward: "film_forward", scrub: "film_scrub" });
    this.ruler = new Ruler(this.transport.scrub);
    this.onkey = (event) => this.key(event);
    window.addEventListener("keydown", this.onkey, true);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(root);
    this.onresize = () => this.resize();
    window.addEventListener("resize", this.onresize);
  }

  // --- what comes from Python -----------------------------------------------------------------

  /** Take a message; if it speaks of arrays that are not here, ask for them. Later messages overtake earlier ones. */
  async receive(message) {
    const number = (this.received = (this.received ?? 0) + 1);
    try {
      const { header: brief, arrays } = await unpacked(message);
      for (const [key, array] of arrays) this.arrays.set(key, array);
      this.reporter.answered(brief.ack);
      if (!this.reporter.busy) this.pending = false;
      this.flipNext();
      if (!this.arrays.has(brief.lasting)) return this.reporter.report({ need: [brief.lasting] });
      const header = { ...brief, ...textOf(this.arrays.get(brief.lasting)) };
      const { activations } = await import(new URL(`${header.engine}formulas.js`, document.baseURI));
      if (number < this.received || this.gone) return;
      const names = new Set([header.lasting, ...namesIn(header)]);
      const need = [...names].filter((key) => !this.arrays.has(key));
      if (need.length) return this.reporter.report({ need });
      const later = new Set(laterIn(header));
      for (const key of this.arrays.keys()) if (!names.has(key) && !later.has(key)) this.arrays.delete(key);
      this.show(header, activations);
    } catch (error) {
      if (this.gone) return;
      console.error(error);
      this.legend.textContent = (this.words.failed ?? "{reason}").replace("{reason}", error.message);
    }
  }

  show(header, activations) {
    const fresh = !this.header || header.epoch !== this.header.epoch;
    const theme = themeOf(this.root);
    const alike = JSON.stringify({ ...header, theme: theme.name, ack: 0, arrays: 0, view: 0, link: 0 });
    const changed = fresh || alike !== this.alike;
    const { steps: before } = this;
    this.header = header;
    if (changed) {
      this.alike = alike;
      this.adopt(header, activations, theme);
    }
    const { view } = header;
    const plays = fresh && this.film !== null && !header.message && this.plays(header);
    if (fresh) {
      this.pause();
      this.reported = null;
      this.t = plays ? 0 : Math.min(view.moment ?? this.steps, this.steps);
      Object.assign(this, { axis: view.axis, across: view.across, tab: view.tab, chosen: view.chosen, directions: view.directions });
    } else if (this.t >= before && !this.playing) this.t = this.steps;
    this.t = Math.min(this.t, this.steps);
    if (this.film) begun.add(header.epoch);
    if (changed) this.arrangeAll();
    if (plays) this.begin();
    else this.draw();
    if (this.said.textContent) this.tell(); // of this training, and in this language
    this.root.dataset.drawn = (Number(this.root.dataset.drawn) || 0) + 1; // for whoever waits for the picture
  }

  plays({ plays, view, epoch }) {
    return plays && view.moment === null && !begun.has(epoch) && !still.matches;
  }

  /** What a header says becomes what is shown. */
  adopt(header, activations, theme) {
    const { arrays } = this;
    const { film, network, data, words } = header;
    this.stamp += 1;
    Object.assign(this, { theme, words, network, palette: palette(theme), scale: null });
    this.film = film ?? null;
    this.data = data && { ...data, x: arrays.get(data.x), t: arrays.get(data.t), count: arrays.get(data.t).length };
    this.moments = film ? arrays.get(film.moments) : [0];
    if (!this.pending) this.points = data?.features <= 2 ? this.pointsOf(this.data) : [];
    if (network) {
      const activation = activations?.[network.activation];
      if (!activation) throw new Error(`activations.${network.activation}`);
      const key = JSON.stringify(network);
      if (key !== this.built) {
        this.net = new Net(network, activation);
        this.pace.reset();
        this.built = key;
      }
    }
    this.runners = (film ? header.runners : []).map((runner, index) => ({ ...runner, index, colour: theme.dark ? runner.dark : runner.light }));
    this.shown = this.runners.filter((runner) => runner.shown);
    const seen = this.shown.length ? this.shown : this.runners;
    this.steps = Math.max(0, ...seen.map((runner) => runner.last)); // behind the last of them nothing happens any more
    this.weights.between.clear();
  }

  pointsOf({ x, t, count, train, features }) {
    const value = (i) => (features === 2 ? x[2 * i + 1] : t[i]);
    return Array.from({ length: count }, (_, i) => ({ x: x[features * i], y: value(i), kind: features === 2 ? t[i] : 0, train: i < train }));
  }

  /** Elements for what is shown, and the words on them. */
  arrangeAll() {
    const { words, header, data, runners } = this;
    if (!runners[this.chosen]?.shown && this.shown.length) this.chosen = this.shown[0].index;
    if (!(this.tab in this.pane.tabs) || (this.tab === "images" && !data?.images)) this.tab = "curves";
    const count = this.shown.length || (data?.own && data.features === 2 && this.network ? 1 : 0);
    const says = header.message ?? (count ? null : this.missing);
    this.message.hidden = !says;
    this.message.textContent = says ?? "";
    this.body.classList.toggle("dl-empty", Boolean(says));
    this.body.classList.toggle("dl-untrained", !this.shown.length);
    this.bare = Boolean(says);
    this.classSwitch();
    while (this.panels.length > count) this.panels.pop().root.remove();
    if (!says) {
      while (this.panels.length < count) this.panels.push(new Panel(this.box, this));
      this.panels.forEach((panel, i) => panel.receive(this.shown[i] ?? null));
      this.pane.receive();
    }
    this.root.dataset.kind = data?.images ? "images" : (this.network?.kind ?? "");
    this.transport.words(words);
    this.transport.bar.inert = !this.film || Boolean(header.message);
    this.legend.setAttribute("aria-label", words.runner);
    this.box.setAttribute("aria-label", words.film_panels);
    this.chips();
    this.explain();
    this.fit();
  }

  /** Why there is no panel, and what helps. */
  get missing() {
    const { words, header } = this;
    if (!this.network || !header.runners.length) return words.empty;
    return this.runners.length ? words.film_hidden : words.film_none;
  }

  chips() {
    const { words } = this;
    const before = [...this.legend.children].indexOf(document.activeElement);
    this.legend.replaceChildren(
      ...this.runners.map((runner, i) => {
        const chip = Object.assign(document.createElement("button"), { type: "button" });
        chip.innerHTML = swatch(runner);
        chip.append(runner.label);
        chip.setAttribute("aria-pressed", runner.shown);
        name(chip, words.show.replace("{name}", runner.label) + (i < 9 ? ` (${i + 1})` : ""));
        chip.addEventListener("click", () => this.flip(i));
        return chip;
      }),
    );
    this.legend.children[before]?.focus();
  }

  /** What filled and hollow points are. */
  explain() {
    const { words, data, bare } = this;
    this.signs.hidden = bare || !data || Boolean(data.images) || data.train >= data.count;
    this.signs.replaceChildren(element("i", "dl-filled"), words.film_training, element("i", "dl-hollow"), words.film_validation);
  }

  /** A finger has no right button: it chooses first which class it places. */
  classSwitch() {
    const { data, words, palette: { classes } } = this;
    this.classes.hidden = !(data?.own && matchMedia("(any-pointer: coarse)").matches);
    if (this.classes.hidden) return;
    const before = [...this.classes.children].indexOf(document.activeElement);
    this.classes.setAttribute("aria-label", words.film_place);
    this.classes.replaceChildren(
      ...Array.from({ length: Math.min(2, data.classes) }, (_, kind) => {
        const sign = Object.assign(element("i"), { style: `background:${classes[kind]}` });
        const option = element("button", "", sign, fill(words.film_class, { number: kind }));
        option.type = "button";
        option.setAttribute("role", "radio");
        option.setAttribute("aria-checked", kind === this.placed);
        option.addEventListener("click", () => {
          this.placed = kind;
          this.classSwitch();
        });
        return option;
      }),
    );
    this.classes.children[before]?.focus();
  }

  // --- the axes of time and of the plane --------------------------------------------------------

  get m() {
    return Math.floor(this.t);
  }

  get update() {
    return this.moments[this.m];
  }

  /** A value of a runner at the shown moment, of the run that is shown; null if it has none, nan if it is too large to be sent. */
  value(runner, what) {
    if (!runner[what]) return null;
    const values = this.arrays.get(runner[what]);
    return values[runner.ended === null ? Math.min(this.m, runner.end) : this.m]; // ended early, it stays as it was
  }

  get timed() {
    return Boolean(this.film?.seconds);
  }

  /** Where a time of a runner lies on the axis of the curves. */
  place(runner, t) {
    const { moments } = this;
    const m = Math.min(Math.floor(t), this.steps);
    const update = t > m && m < this.steps ? moments[m] + (moments[m + 1] - moments[m]) * (t - m) : moments[m];
    return update * this.unit(runner);
  }

  /** What one update is, on that axis. */
  unit(runner) {
    const { film, across, moments } = this;
    if (across === "second" && film.seconds) return film.seconds[runner.index] / (moments[runner.last] || 1);
    return across === "evaluation" ? runner.pace : 1 / film.epoch_steps;
  }

  get farthest() {
    return Math.max(...this.shown.map((runner) => this.moments[runner.last] * this.unit(runner))) || 1;
  }

  /** The moment nearest to a place on that axis. */
  momentAt(place) {
    const { moments } = this;
    const update = place / this.unit(this.runners[this.chosen] ?? this.shown[0]);
    let [low, high] = [0, this.steps];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (moments[middle] < update) low = middle + 1;
      else high = middle;
    }
    return low > 0 && update - moments[low - 1] < moments[low] - update ? low - 1 : low;
  }

  toX(width) {
    const [[x0, x1]] = this.data.bounds;
    return (x) => ((x - x0) / (x1 - x0)) * width;
  }

  toY(height) {
    const [, [y0, y1]] = this.data.bounds;
    return (y) => ((y1 - y) / (y1 - y0)) * height;
  }

  /** A moment in words. */
  named(m) {
    const { film, moments, words } = this;
    return fill(words.film_moment, { epoch: epochs(moments[m] / film.epoch_steps), update: moments[m] });
  }

  /** Where and why a training has ended before its time, in words; "" if it has not. */
  ending({ end, ended }) {
    const { film, moments, words } = this;
    if (ended !== null) return fill(words.film_infinite, { step: ended });
    if (end >= moments.length - 1) return "";
    const [epoch, all] = [moments[end], film.steps].map((update) => epochs(update / film.epoch_steps));
    return fill(words.film_stopped, { epoch, epochs: all });
  }

  /** What stands in the bar. */
  told() {
    const { film, moments, words, m } = this;
    if (!film) return { count: "", text: "" };
    const epoch = epochs(moments[m] / film.epoch_steps);
    const count = fill(words.film_count, { epoch: `<b>${epoch}</b>`, update: `<b>${moments[m]}</b>`, steps: moments[this.steps] });
    return { count, text: this.named(m) };
  }

  // --- drawing --------------------------------------------------------------------------------

  get thick() {
    return Boolean(document.fullscreenElement) || window.innerWidth >= 2200;
  }

  /** Draw all at the time of the film; fine, if there is time for it. */
  draw(fine = false) {
    for (const handle of [this.frameAsked, this.refining]) cancelAnimationFrame(handle); // of what may be there no more
    this.frameAsked = null;
    if (this.gone || !this.header || !this.root.isConnected) return;
    const began = performance.now();
    if (!this.bare) {
      this.panels.forEach((panel, i) => {
        if (!this.playing || this.pace.turn(i)) panel.draw(fine);
        else panel.tell();
      });
      if (this.playing && this.net && !this.data.images) this.pace.took(performance.now() - began);
      if (this.shown.length) this.pane.draw(fine);
    }
    this.transport.time();
    if (this.film) this.weights.ask();
    this.cost = performance.now() - began;
    clearTimeout(this.resting);
    if (!this.playing && !fine) this.resting = setTimeout(() => this.refine(), REST);
  }

  /** Once all is at rest: every map as fine as the screen shows it, one panel a picture, so that nobody waits. */
  refine() {
    const panels = [...this.panels];
    const next = () => {
      if (this.playing || this.frameAsked || this.gone || !this.root.isConnected || this.bare) return;
      const panel = panels.shift();
      if (panel) panel.draw(true);
      else {
        if (this.shown.length) this.pane.draw(true);
        this.root.dataset.rested = this.m; // for whoever waits for it
        return this.forPaper();
      }
      this.refining = requestAnimationFrame(next);
    };
    cancelAnimationFrame(this.refining);
    next();
  }

  /** Draw with the next picture of the screen, however often it is asked for until then. */
  soon() {
    if (!this.frameAsked && !this.playing) this.frameAsked = requestAnimationFrame(() => this.draw());
  }

  /** Let panels and pane take the height that is left, so that the bar under them is on the screen. */
  fit() {
    const phone = window.innerWidth <= NARROW;
    const { body } = this;
    const scrolled = this.root.closest('[data-testid="stMain"]')?.scrollTop ?? 0;
    const above = document.fullscreenElement ? body.offsetTop : body.getBoundingClientRect().top + scrolled;
    const below = this.transport.bar.offsetHeight + 28; // with the gap over it and the end of the page
    const height = Math.round(Math.min(Math.max(window.innerHeight - above - below, 400), 1400));
    body.style.setProperty("--dl-height", `${height}px`);
    const each = this.film?.epoch_steps;
    this.ruler.draw(each ? [...this.moments.slice(0, this.steps + 1)].map((update) => update / each) : [], this.words.film_by_epoch, this.theme.font);
    if (this.bare || !this.data) return;
    const [[x0, x1], [y0, y1]] = this.data.bounds ?? [[0, 1], [0, 1]];
    const shape = this.data.images ? 1 : this.network.kind === "regression" ? 0.72 : Math.min(Math.max((y1 - y0) / (x1 - x0), 0.7), 1.1);
    const { way, columns, width } = arrange(this.panels.length, body.clientWidth, height, shape, phone, !this.shown.length);
    body.dataset.way = way;
    const set = (key, value) => body.style.setProperty(key, value);
    set("--dl-columns", columns);
    set("--dl-wide", `${Math.floor(width)}px`);
    set("--dl-tall", `${Math.floor(width * shape)}px`);
  }

  forPaper() {
    keepForPaper(this.body, [...this.panels.map((panel) => panel.view), this.pane.root]);
  }

  resize() {
    cancelAnimationFrame(this.resizing);
    this.resizing = requestAnimationFrame(() => {
      if (!this.header || !this.root.isConnected || matchMedia("print").matches) return;
      this.fit();
      if (!this.playing) this.draw();
    });
  }

  /** Name what the pointer is over, in these elements. */
  tip(nodes, event) {
    this.tipBox.hidden = !nodes;
    if (!nodes) return;
    this.tipBox.replaceChildren(...nodes);
    const box = this.root.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const flip = x > box.width - 230;
    this.tipBox.style.left = flip ? "" : `${x + 16}px`;
    this.tipBox.style.right = flip ? `${box.width - x + 16}px` : "";
    this.tipBox.style.top = `${Math.max(0, Math.min(y - 40, box.height - this.tipBox.offsetHeight))}px`;
  }

  // --- time -----------------------------------------------------------------------------------

  get rate() {
    return Math.max(SLOWEST, this.steps / WHOLE_FILM) * this.speed;
  }

  go(t) {
    const before = this.t;
    this.t = Math.min(Math.max(t, 0), this.steps);
    if (this.playing) this.draw();
    else this.soon();
    if ((this.t >= this.steps) !== (before >= this.steps)) this.tell();
    if (!this.playing) this.viewed();
  }

  tell() {
    write(this.said, this.t >= this.steps && this.film ? this.summary : "");
  }

  /** Who is ahead at the end, and what became of everybody, for those who hear the page. */
  get summary() {
    const { words } = this;
    const lossOf = (runner) => this.value(runner, "val_loss") ?? this.value(runner, "loss");
    const [best] = this.shown.filter((runner) => Number.isFinite(lossOf(runner))).sort((a, b) => lossOf(a) - lossOf(b));
    const ahead = best?.val_loss ? words.film_ahead_val : words.film_ahead;
    const lowest = best && this.shown.length > 1 ? [fill(ahead, { name: best.label, loss: number(lossOf(best)) })] : [];
    return [...lowest, ...this.shown.map(({ label, verdict }) => `${label}: ${verdict}`)].join(" ");
  }

  get ready() {
    return Boolean(this.film) && this.steps >= 1;
  }

  begin() {
    super.begin();
    this.tell();
  }

  // --- what the visitor does --------------------------------------------------------------------

  get view() {
    const { axis, across, tab, chosen, directions } = this;
    return { moment: this.t >= this.steps ? null : Math.floor(this.t), axis, across, tab, chosen, directions };
  }

  reportView() {
    this.settled();
    if (this.gone || !this.header) return;
    const { view } = this;
    const text = JSON.stringify(view);
    if (text === this.reported || (!this.reported && text === JSON.stringify(this.header.view))) return;
    this.reported = text;
    this.reporter.report({ view: { ...view, epoch: this.header.epoch } }); // of this film: another may be on its way
  }

  /** Another axis, tab or runner: shown and reported at once. */
  look(change) {
    Object.assign(this, change);
    for (const panel of this.panels) panel.receive(panel.runner);
    if (!this.bare) this.pane.receive();
    this.soon();
    this.reportView();
  }

  choose(index) {
    if (index !== this.chosen) this.look({ chosen: index });
  }

  turn(tab) {
    this.tip(null);
    if (tab !== this.tab) this.look({ tab });
  }

  /** Show or hide a runner. One at a time is told, else two fast presses would be one. */
  flip(index) {
    this.flips.push(index);
    this.flipNext();
  }

  flipNext() {
    if (this.flips.length && this.reporter.waiting?.toggle === undefined) this.reporter.report({ toggle: this.flips.shift() });
  }

  /** A press on the plane: a point comes, or the one that is there goes. */
  put({ x, y, which }, kind) {
    const rounded = (value) => Number(value.toPrecision(4));
    if (which >= 0) this.points.splice(which, 1);
    else this.points.push({ x: rounded(x), y: rounded(y), kind, train: true });
    this.stamp += 1;
    this.pending = true;
    this.alike = null; // what Python says of the points next counts
    this.soon();
    this.reporter.report({ points: this.points.map((point) => [rounded(point.x), rounded(point.y), point.kind]) });
  }

  acts(event, far) {
    const runner = runnerOf(event, this.runners.length);
    return runner >= 0 ? () => this.flip(runner) : super.acts(event, far);
  }

  leave() {
    this.gone = true;
    this.pause();
    for (const handle of [this.frameAsked, this.refining, this.resizing]) cancelAnimationFrame(handle);
    for (const timer of [this.resting, this.settling, this.saying]) clearTimeout(timer);
    window.removeEventListener("keydown", this.onkey, true);
    window.removeEventListener("resize", this.onresize);
    this.watch.disconnect();
  }
}

/** A number of epochs: whole where it is whole, else with one digit after the point. */
const epochs = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
