// The map: contour lines by Plotly, everything that moves on a canvas above them. Until plotly.js is there, a sketch stands
// in its place.
import { joined, mix, seen, trace } from "../descent-lab.canvas/clip.js";
import { arrow, cross, dashOf, diamond, dot, fill, frameOf, overlay, star, strokeLine, thinLine } from "../descent-lab.canvas/draw.js";
import { sketchMap } from "./sketch.js";

const NEAR = 14; // pixels within which the pointer finds a path
const MARK = 8; // and a minimum, unless a path is nearer
const CLICK = 4; // pixels a click may wander
const MARGIN = { l: 40, r: 10, t: 6, b: 28 };

export class MapView {
  constructor(section, stage) {
    this.section = section;
    this.plot = section.querySelector(".dl-plot");
    this.stage = stage;
    this.drawn = "";
    this.handle = section.appendChild(document.createElement("div"));
    this.handle.className = "dl-start";
    this.handle.tabIndex = 0;
    this.handle.setAttribute("role", "button");
    this.listen();
  }

  /** The surface as it will look, while plotly.js is on its way. */
  sketch(relief, theme, window_) {
    const home = relief.bounds.flat();
    Object.assign(this, { relief, theme, home, sketched: { window: window_ ?? home } });
    this.section.classList.add("dl-own");
    this.sketched.frame = sketchMap(this.plot, relief, theme, this.sketched.window, MARGIN);
  }

  /** Where the map lies, in CSS pixels. */
  get frame() {
    return this.plot._fullLayout?.xaxis?._length ? frameOf(this.plot) : this.sketched?.frame;
  }

  /** Draw the contour lines anew where surface, theme or size have changed. */
  async surface(Plotly, relief, theme, window_) {
    const name = `${relief.key}|${theme.name}`;
    this.Plotly = Plotly;
    this.theme = theme;
    this.relief = relief;
    if (name === this.drawn) return;
    const moved = !this.drawn.startsWith(`${relief.key}|`);
    this.drawn = name;
    this.home = relief.bounds.flat();
    const shown = moved ? (window_ ?? this.home) : this.window;
    const axis = { gridcolor: "rgba(0,0,0,0)", zeroline: false, linecolor: theme.line, ticks: "outside", ticklen: 4, tickcolor: theme.line, showline: true, mirror: true };
    await Plotly.react(
      this.plot,
      [
        {
          type: "contour", x: relief.x, y: relief.y, z: relief.heights, colorscale: theme.scale, showscale: false,
          contours: { start: relief.levels[0], end: relief.levels[1], size: relief.levels[2] },
          line: { width: 0.7, color: theme.contour, smoothing: 0.9 }, hoverinfo: "skip",
        },
      ],
      {
        margin: MARGIN, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: theme.paper,
        font: { color: theme.quiet, family: theme.font, size: 12 }, showlegend: false, hovermode: false,
        dragmode: this.stage.coarse ? false : "pan",
        xaxis: { ...axis, range: shown.slice(0, 2), constrain: "domain", constraintoward: "center" },
        yaxis: { ...axis, range: shown.slice(2), scaleanchor: "x", constrain: "domain", constraintoward: "top" },
      },
      { displayModeBar: false, responsive: false, doubleClick: false, scrollZoom: false },
    );
    this.section.classList.remove("dl-own");
    if (!this.hooked) {
      this.hooked = true;
      this.plot.on("plotly_relayouting", () => this.draw());
      this.plot.on("plotly_relayout", () => {
        this.draw();
        this.stage.viewed();
      });
    }
  }

  get window() {
    if (!this.hooked) return this.sketched.window;
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [...xaxis.range, ...yaxis.range].map(Number);
  }

  /** The window as the scene keeps it: nothing where the whole map is shown. */
  get kept() {
    const shown = this.window;
    const size = this.home[1] - this.home[0];
    return shown.every((value, i) => Math.abs(value - this.home[i]) < 1e-6 * size) ? null : shown.map((v) => +v.toPrecision(7));
  }

  async look(window_) {
    if (!this.hooked) return;
    const shown = window_ ?? this.home;
    await this.Plotly.relayout(this.plot, { "xaxis.range": shown.slice(0, 2), "yaxis.range": shown.slice(2) });
  }

  resize() {
    if (this.sketched && !this.hooked) return this.sketch(this.relief, this.theme, this.sketched.window);
    return this.hooked && this.plot.clientWidth ? this.Plotly.Plots.resize(this.plot) : null;
  }

  /** Everything that moves, as it stands at the stage's time. */
  draw() {
    const at = this.frame;
    if (!at) return;
    const { runners, t, steps, words, start } = this.stage;
    const { theme } = this;
    const pen = overlay(this.plot);
    pen.save();
    pen.beginPath();
    pen.rect(at.left, at.top, at.width, at.height);
    pen.clip();
    for (const [x, y, , kind] of this.relief.marks) {
      const [px, py] = [at.x(x), at.y(y)];
      if (!seen(px, py, at)) continue;
      if (kind === 2) diamond(pen, px, py, 4.5, theme.quiet, theme.paper);
      else cross(pen, px, py, kind ? 3.5 : 6, kind ? theme.quiet : theme.ink, theme.paper, kind ? 1.5 : 2.5);
    }
    const shown = runners.filter((runner) => runner.shown);
    for (const runner of shown) {
      // Once a path has left for good, its leaps from one side to the other are drawn faintly: they are
      // true, but would bury the rest.
      const stay = Math.min(t, runner.left ?? t);
      if (t > stay) {
        pen.globalAlpha = 0.22;
        pen.strokeStyle = runner.colour;
        pen.lineWidth = 1;
        pen.stroke(joined(trace(runner.x, runner.y, t, at.x, at.y, at, stay)));
        pen.globalAlpha = 1;
      }
      const line = trace(runner.x, runner.y, stay, at.x, at.y, at);
      strokeLine(pen, line, runner.colour, theme.paper, this.stage.thick ? 3.5 : 2.4, dashOf(runner.dash));
      for (let i = 1; i <= stay && steps <= 80; i++) {
        const [px, py] = [at.x(runner.x(i)), at.y(runner.y(i))];
        if (seen(px, py, at)) dot(pen, px, py, 2.6, runner.colour);
      }
    }
    for (const runner of shown) {
      for (const [which, beside] of runner.besides.entries()) {
        const line = trace(beside.x, beside.y, Math.min(t, beside.length - 1), at.x, at.y, at);
        thinLine(pen, line, runner.colour, which);
        const [px, py] = [at.x(mix(beside.x, t)), at.y(mix(beside.y, t))];
        if (seen(px, py, at)) dot(pen, px, py, 4, theme.paper, runner.colour);
      }
    }
    const gone = [];
    for (const runner of shown) {
      const [x, y] = [mix(runner.x, t), mix(runner.y, t)];
      const [px, py] = [at.x(x), at.y(y)];
      const inside = px >= at.left && px <= at.left + at.width && py >= at.top && py <= at.top + at.height;
      if (!inside) gone.push(runner);
      else if (t >= steps) star(pen, px, py, 9, runner.colour, theme.paper);
      else dot(pen, px, py, 6, runner.colour, theme.paper);
    }
    pen.restore();
    this.farewell(pen, at, gone, t, words);
    const [sx, sy] = [at.x(start[0]), at.y(start[1])];
    if (!this.dragging) this.place(sx, sy);
    const onMap = sx >= at.left - 1 && sx <= at.left + at.width + 1 && sy >= at.top - 1 && sy <= at.top + at.height + 1;
    this.handle.hidden = !onMap && !this.dragging;
  }

  /** Who has left: an arrow where the path crosses the border, and a label with step and growth. */
  farewell(pen, at, gone, t, words) {
    const leaving = gone.map((runner) => [runner, this.crossing(at, runner, t)]).filter(([, crossing]) => crossing);
    for (const [runner, { x, y, dx, dy }] of leaving) arrow(pen, x, y, dx, dy, 15, runner.colour, this.theme.paper);
    // Labels stay clear of the arrows, of the buttons in the corner and of one another.
    const taken = leaving.map(([, { x, y, dx, dy }]) => ({ left: x - 8 * dx - 9, top: y - 8 * dy - 9, width: 18, height: 18 }));
    taken.push({ left: at.left + at.width - 104, top: at.top, width: 104, height: 24 });
    pen.font = `600 12.5px ${this.theme.font}`;
    for (const [runner, { x, y, dx, dy, step }] of leaving) {
      const parts = [runner.label];
      if (runner.left !== null) {
        parts.push(fill(words.left_at, { step: runner.left }));
        if (runner.growth) parts.push(fill(words.grows, { factor: runner.growth }));
      } else if (runner.outcome === "undefined") parts.push(`${this.stage.header.fates.undefined}, ${words.step} ${runner.when}`);
      else parts.push(`${words.outside}, ${words.step} ${step}`);
      const text = parts.join(" · ");
      const width = pen.measureText(text).width + 12;
      const box = { width, height: 20 };
      box.left = Math.min(Math.max(x - dx * (width / 2 + 24) - width / 2, at.left + 4), at.left + at.width - width - 4);
      box.top = Math.min(Math.max(y - dy * 26 - 10, at.top + 18), at.top + at.height - 40);
      const overlaps = (r) =>
        box.top < r.top + r.height + 2 && r.top < box.top + box.height + 2 && box.left < r.left + r.width && r.left < box.left + width;
      const down = box.top < at.top + at.height / 2 ? 1 : -1; // stack away from the border
      for (let tries = 0; tries < 40 && taken.some(overlaps); tries++) box.top += 6 * down;
      taken.push(box);
      pen.fillStyle = this.theme.paper;
      pen.globalAlpha = 0.9;
      pen.beginPath();
      pen.roundRect(box.left, box.top, width, box.height, 5);
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = runner.colour;
      pen.lineWidth = 1.5;
      pen.stroke();
      pen.fillStyle = this.theme.ink;
      pen.fillText(text, box.left + 6, box.top + 14.5);
    }
  }

  /** The point of the border through which a path last left what is shown, and its direction there. */
  crossing(at, runner, t) {
    const inside = (i) => {
      const [px, py] = [at.x(runner.x(i)), at.y(runner.y(i))];
      return px >= at.left && px <= at.left + at.width && py >= at.top && py <= at.top + at.height;
    };
    let i = Math.min(Math.floor(t), runner.length - 1);
    while (i >= 0 && !inside(i)) i--;
    if (i < 0 || i + 1 >= runner.length) return null;
    const [x0, y0] = [at.x(runner.x(i)), at.y(runner.y(i))];
    const [x1, y1] = [at.x(runner.x(i + 1)), at.y(runner.y(i + 1))];
    if (!Number.isFinite(x1) || !Number.isFinite(y1)) { // into a place where the surface has no height: it ends here
      const [bx, by] = i > 0 ? [at.x(runner.x(i - 1)), at.y(runner.y(i - 1))] : [x0 - 1, y0];
      return { x: x0, y: y0, dx: x0 - bx, dy: y0 - by, step: i + 1 };
    }
    const pad = 3;
    const reach = (from, to, low, high) => (to > high ? (high - from) / (to - from) : to < low ? (low - from) / (to - from) : 1);
    const share = Math.min(
      reach(x0, x1, at.left + pad, at.left + at.width - pad),
      reach(y0, y1, at.top + pad, at.top + at.height - pad),
    );
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    return { x: x0 + (x1 - x0) * share, y: y0 + (y1 - y0) * share, dx: (x1 - x0) / length, dy: (y1 - y0) / length, step: i + 1 };
  }

  place(px, py) {
    this.handle.style.left = `${px}px`;
    this.handle.style.top = `${py}px`;
  }

  /** The marked point under the pointer, or the step of a shown path that lies nearest to it. */
  nearest(px, py) {
    const at = this.frame;
    const over = ([x, y]) => Math.hypot(at.x(x) - px, at.y(y) - py) < MARK;
    let found = this.relief.marks.filter(over).map((mark) => ({ mark }))[0] ?? null;
    let best = found ? MARK * MARK : NEAR * NEAR;
    for (const runner of this.stage.runners) {
      if (!runner.shown) continue;
      for (let i = 0; i <= this.stage.t; i++) {
        const distance = (at.x(runner.x(i)) - px) ** 2 + (at.y(runner.y(i)) - py) ** 2;
        if (distance < best) [best, found] = [distance, { runner, i }];
      }
    }
    return found;
  }

  /** Data coordinates under a pointer, to the precision of a pixel. */
  point(event) {
    const box = this.section.getBoundingClientRect();
    const at = this.frame;
    const [x, y] = at.invert(event.clientX - box.left, event.clientY - box.top);
    const digits = Math.max(0, Math.ceil(-Math.log10((this.window[1] - this.window[0]) / at.width)));
    const inside = event.clientX - box.left >= at.left && event.clientX - box.left <= at.left + at.width && event.clientY - box.top >= at.top && event.clientY - box.top <= at.top + at.height;
    return { x: +x.toFixed(digits), y: +y.toFixed(digits), inside };
  }

  listen() {
    const { handle, section, stage } = this;
    const move = (event) => {
      const box = section.getBoundingClientRect();
      const { x, y } = this.point(event);
      this.place(event.clientX - box.left, event.clientY - box.top);
      stage.moveStart(x, y, this.dragging);
    };
    handle.addEventListener("pointerdown", (event) => {
      this.dragging = true;
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
      event.stopPropagation();
      handle.focus({ preventScroll: true });
    });
    handle.addEventListener("pointermove", (event) => this.dragging && move(event));
    const release = (event) => {
      if (!this.dragging) return;
      this.dragging = false;
      if (event.type === "pointerup") move(event);
      else stage.moveStart(...stage.start);
      this.draw();
    };
    handle.addEventListener("pointerup", release);
    handle.addEventListener("pointercancel", release);
    handle.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      const [low, high] = this.window;
      const unit = ((high - low) / 100) * (event.shiftKey ? 5 : 1);
      const round = (value) => +value.toPrecision(6);
      stage.moveStart(round(stage.start[0] + unit * way[0]), round(stage.start[1] + unit * way[1]));
    });

    let down = null;
    section.addEventListener("pointerdown", (event) => {
      down = event.button || event.target === handle || event.target.closest(".dl-corner") ? null : [event.clientX, event.clientY];
    }, true);
    // Plotly covers the page while a button is down: the release reaches the window, but not the map.
    this.onrelease = (event) => {
      const still = down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) < CLICK;
      down = null;
      if (!still || !this.hooked) return;
      const { x, y, inside } = this.point(event);
      if (inside) stage.moveStart(x, y);
    };
    window.addEventListener("pointerup", this.onrelease, true);
    section.addEventListener("pointermove", (event) => {
      if (!this.hooked || this.dragging || event.buttons) return stage.tip(null);
      const box = section.getBoundingClientRect();
      stage.tip(this.nearest(event.clientX - box.left, event.clientY - box.top), event);
    });
    section.addEventListener("pointerleave", () => stage.tip(null));
    section.addEventListener("wheel", (event) => {
      if (!(event.ctrlKey || event.metaKey) || !this.hooked) return; // a plain wheel scrolls the page
      event.preventDefault();
      this.zoom(Math.exp(event.deltaY * 0.004), this.point(event));
    }, { passive: false });
  }

  zoom(factor, { x, y }) {
    const [x0, x1, y0, y1] = this.window;
    this.look([x + (x0 - x) * factor, x + (x1 - x) * factor, y + (y0 - y) * factor, y + (y1 - y) * factor]);
  }

  zoomCentre(factor) {
    const [x0, x1, y0, y1] = this.window;
    this.zoom(factor, { x: (x0 + x1) / 2, y: (y0 + y1) / 2 });
  }
}
