// A computational graph, whose two passes are played a node at a time: values forward, gradients backward.
import { fill } from "../descent-lab.canvas/draw.js";
import { kept } from "../descent-lab.canvas/keep.js";
import { Player } from "../descent-lab.canvas/player.js";
import { Transport } from "../descent-lab.canvas/transport.js";
import { Reporter, textOf, unpacked } from "../descent-lab.canvas/wire.js";
import { drawn, spoken } from "./drawn.js";

const RATE = 0.8; // nodes a second at normal speed: a sentence wants to be read
const [SMALLEST, LARGEST] = [0.95, 1.6]; // how the picture may be scaled; beyond, it scrolls

const still = matchMedia("(prefers-reduced-motion: reduce)");

export default kept(".dl-graph", (root) => new Graph(root));

class Graph extends Player {
  constructor(root) {
    super();
    this.root = root;
    root.graph = this; // for whoever examines the picture
    this.reporter = new Reporter();
    this.words = {};
    const find = (part) => root.querySelector(`.dl-${part}`);
    [this.pass, this.sentence, this.box, this.tipBox, this.note] = ["pass", "sentence", "scroll", "tip", "note"].map(find);
    [this.ahead, this.back] = ["ahead", "back"].map(find);
    this.transport = new Transport(find("bar"), this, () => this.told(), {
      back: "graph_back", forward: "graph_ahead", scrub: "graph_scrub", replay: "graph_to_start",
    });
    this.onkey = (event) => this.key(event);
    window.addEventListener("keydown", this.onkey, true);
    this.onresize = () => this.resize();
    window.addEventListener("resize", this.onresize);
    this.watch = new ResizeObserver(this.onresize);
    this.watch.observe(root);
    this.box.addEventListener("pointerleave", () => this.tip(null));
  }

  // --- what comes from Python -----------------------------------------------------------------

  /** Take a message; if the words are not here, ask for them. Later messages overtake earlier ones. */
  async receive(message) {
    const number = (this.received = (this.received ?? 0) + 1);
    try {
      const { header, arrays } = await unpacked(message);
      if (arrays.has(header.lasting)) this.texts = { name: header.lasting, ...textOf(arrays.get(header.lasting)) };
      this.reporter.answered(header.ack);
      if (this.texts?.name !== header.lasting) return this.reporter.report({ need: [header.lasting] });
      if (number < this.received || this.gone) return;
      this.words = this.texts.words;
      this.show(header);
    } catch (error) {
      if (this.gone) return;
      console.error(error);
      this.sentence.textContent = (this.words.failed ?? "{reason}").replace("{reason}", error.message);
    }
  }

  show(header) {
    const fresh = header.epoch !== this.header?.epoch;
    this.header = header;
    this.steps = header.steps.length - 1;
    if (fresh) {
      this.pause();
      this.t = header.at;
      this.reported = header.at;
      this.box.scrollTo(0, 0);
    }
    this.t = Math.min(this.t, this.steps);
    const { words } = this;
    this.transport.words(words);
    this.ahead.textContent = words.graph_key_value;
    this.back.textContent = words.graph_key_slope;
    this.build();
    this.root.dataset.drawn = (Number(this.root.dataset.drawn) || 0) + 1; // for whoever waits for the picture
  }

  // --- drawing --------------------------------------------------------------------------------

  /** Draw the graph anew, as large as there is room for it. */
  build() {
    const { header, box, words, root } = this;
    const height = this.fit();
    const family = getComputedStyle(root).fontFamily;
    const wide = box.clientWidth;
    const measured = drawn(header, family, 0);
    const scale = Math.min(Math.max(Math.min(wide / measured.natural, height / measured.height), SMALLEST), LARGEST);
    this.picture = drawn(header, family, wide / scale);
    this.scale = scale;
    const { svg, lines, marks, width, height: tall } = this.picture;
    svg.setAttribute("width", Math.floor(width * scale));
    svg.setAttribute("height", Math.floor(tall * scale));
    svg.setAttribute("aria-label", fill(words.graph_picture, { nodes: header.nodes.length }));
    lines.forEach((line, k) => line.addEventListener("pointermove", (event) => this.tip(this.ofEdge(k), event)));
    marks.forEach((mark, i) => {
      mark.addEventListener("pointermove", (event) => this.tip(this.ofNode(i), event));
      mark.addEventListener("click", () => this.visit(header.nodes[i]));
    });
    const { scrollLeft, scrollTop } = box;
    box.replaceChildren(svg);
    box.scrollTo(scrollLeft, scrollTop);
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", words.graph_scrolls);
    } else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    this.draw();
  }

  /** Let the graph take the height that is left, so that the bar under it is on the screen. */
  fit() {
    const { box, root, transport } = this;
    const scrolled = root.closest('[data-testid="stMain"]')?.scrollTop ?? 0;
    const above = document.fullscreenElement ? box.offsetTop : box.getBoundingClientRect().top + scrolled;
    const height = Math.round(Math.min(Math.max(window.innerHeight - above - transport.bar.offsetHeight - 28, 300), 1400));
    box.style.setProperty("--dl-height", `${height}px`);
    return height - 2;
  }

  /** Show what is known at the step that has been reached. */
  draw() {
    const { header, picture, words, root } = this;
    if (!picture || this.gone) return;
    const step = Math.floor(this.t);
    const { pass, node, text } = header.steps[step];
    root.dataset.pass = pass;
    root.dataset.step = step; // for whoever examines the picture
    this.pass.textContent = { given: words.graph_given, forward: words.graph_forward, backward: words.graph_backward }[pass];
    this.sentence.textContent = text;
    header.edges.forEach((edge, k) => {
      const { classList } = picture.lines[k];
      classList.toggle("dl-there", step >= edge.forward);
      classList.toggle("dl-returned", step >= edge.backward);
      classList.toggle("dl-value-now", step > 0 && step === edge.forward);
      classList.toggle("dl-slope-now", step === edge.backward && edge.gradient !== null);
    });
    picture.marks.forEach((mark, i) => mark.classList.toggle("dl-now", i === node));
    this.transport.time();
    this.follow(node ?? (pass === "backward" ? header.nodes.length - 1 : null));
    this.tip(null);
  }

  /** Where the picture scrolls, keep the node under work in sight. */
  follow(i) {
    const { box, picture, scale } = this;
    const [x, y] = i === null ? [0, 0] : [picture.x[i] * scale, picture.y[i] * scale];
    const beside = (at, size) => Math.max(0, at - size / 2);
    const out = (at, from, size) => at < from + 70 || at > from + size - 70;
    const left = out(x, box.scrollLeft, box.clientWidth) ? beside(x, box.clientWidth) : box.scrollLeft;
    const top = out(y, box.scrollTop, box.clientHeight) ? beside(y, box.clientHeight) : box.scrollTop;
    box.scrollTo({ left, top, behavior: still.matches ? "instant" : "smooth" });
  }

  told() {
    const { header, words, steps } = this;
    if (!header) return { count: "", text: "" };
    const step = Math.floor(this.t);
    const { text } = header.steps[step];
    return {
      count: fill(words.graph_count, { step: `<b>${step}</b>`, steps }),
      text: fill(words.graph_moment, { step, steps, sentence: text }),
    };
  }

  resize() {
    cancelAnimationFrame(this.resizing);
    this.resizing = requestAnimationFrame(() => {
      const size = `${this.root.clientWidth} ${window.innerHeight} ${Boolean(document.fullscreenElement)}`;
      if (!this.header || !this.root.isConnected || size === this.size || matchMedia("print").matches) return;
      this.size = size;
      this.build();
    });
  }

  // --- what the pointer is over -----------------------------------------------------------------

  /** What is known of an edge. */
  ofEdge(k) {
    const { value, gradient, forward, backward } = this.header.edges[k];
    return this.known(null, value, gradient, forward, backward);
  }

  /** What is known of a node: the value that leaves it, and the gradient that comes back to it. */
  ofNode(i) {
    const { nodes, edges } = this.header;
    const into = nodes[i].kind === "copy" ? edges.find((edge) => edge.to === i) : edges.find((edge) => edge.from === i);
    return this.known(spoken(nodes[i].name), into.value, into.gradient, into.forward, into.backward);
  }

  known(name, value, gradient, forward, backward) {
    const { words, t } = this;
    const line = (what, number, at, none) => {
      const made = document.createElement("div");
      made.textContent = `${what}: ${t < at ? words.graph_not_yet : (number?.[1] ?? none)}`;
      return made;
    };
    const title = Object.assign(document.createElement("b"), { textContent: name ?? "" });
    return [
      ...(name ? [title] : []),
      line(words.graph_value, value, forward),
      line(words.graph_gradient, gradient, backward, words.graph_no_gradient),
    ];
  }

  tip(nodes, event) {
    this.tipBox.hidden = !nodes;
    if (!nodes) return;
    this.tipBox.replaceChildren(...nodes);
    const box = this.root.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const flip = x > box.width - 260;
    this.tipBox.style.left = flip ? "" : `${x + 16}px`;
    this.tipBox.style.right = flip ? `${box.width - x + 16}px` : "";
    this.tipBox.style.top = `${Math.max(0, Math.min(y - 40, box.height - this.tipBox.offsetHeight))}px`;
  }

  get rate() {
    return RATE * this.speed;
  }

  // --- time -----------------------------------------------------------------------------------

  go(t) {
    const before = Math.floor(this.t);
    this.t = Math.min(Math.max(t, 0), this.steps);
    if (Math.floor(this.t) !== before) this.draw();
    if (!this.playing) this.viewed();
  }

  /** To the pass in which a node was pressed: the one that is under way. */
  visit({ forward, backward, given }) {
    if (given) return;
    this.pause();
    this.go(this.header.steps[Math.floor(this.t)].pass === "backward" ? backward : forward);
  }

  replay() {
    this.step(-Infinity);
  }

  begin() {
    if (this.t >= this.steps) this.go(0);
    super.begin();
  }

  // --- what the visitor does --------------------------------------------------------------------

  reportView() {
    this.settled();
    const node = Math.floor(this.t);
    if (this.gone || !this.header || node === this.reported) return;
    this.reported = node;
    this.reporter.report({ view: { node } });
  }

  leave() {
    this.gone = true;
    this.pause();
    cancelAnimationFrame(this.resizing);
    for (const timer of [this.settling, this.saying]) clearTimeout(timer);
    window.removeEventListener("keydown", this.onkey, true);
    window.removeEventListener("resize", this.onresize);
    this.watch.disconnect();
  }
}
