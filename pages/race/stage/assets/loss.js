// Loss curves: axes by Plotly, curves on a canvas above them. Pressing or dragging moves the shown step. While something
// is held the axes follow the curves at every move: then they are drawn here.
import { approach, mix, trace } from "../descent-lab.canvas/clip.js";
import { arrow, dashOf, dot, frameIn, overlay, strokeLine, thinLine } from "../descent-lab.canvas/draw.js";
import { Scale } from "../descent-lab.canvas/scale.js";

const NEAR = 18; // pixels within which the pointer finds a curve
const LEAST = 1e-6; // of the loss: an axis holds no less, however little moves
const DEEPEST = 1e-16; // a log axis ends here: below is rounding
const MARGIN = { left: 58, right: 17, top: 22, bottom: 30 }; // right: half of the number of the last step

const measure = document.createElement("canvas").getContext("2d");

export class LossView {
  constructor(section, stage) {
    this.section = section;
    this.plot = section.querySelector(".dl-plot");
    this.stage = stage;
    this.listen();
  }

  get log() {
    return this.stage.lossAxis === "log" && this.stage.relief.minimum !== null;
  }

  /** Fit the axes to the curves. held: they are about to change again, and Plotly is let alone, as where it is yet to come. */
  async axes(Plotly, theme, held = false) {
    const { clientWidth, clientHeight } = this.plot;
    if (!clientWidth) return;
    const { left, right, top, bottom } = MARGIN;
    const { words, steps } = this.stage;
    const frame = { left, top, width: clientWidth - left - right, height: clientHeight - top - bottom };
    const range = this.range();
    const title = this.fitting(this.log ? words.loss_log : words.loss_linear, frame.width, theme.font);
    const name = JSON.stringify([theme.name, frame, range, steps, this.log, title]);
    Object.assign(this, { Plotly, theme, title, at: frameIn(frame, [0, steps], range) });
    if (name !== this.drawn && !held && Plotly) {
      await this.print(range);
      this.drawn = name;
    }
    const own = name !== this.drawn;
    this.section.classList.toggle("dl-own", own);
    if (own) this.draft(range);
  }

  /** A title, or where the button beside it leaves no room, its beginning. */
  fitting(title, width, font) {
    measure.font = `12px ${font}`;
    const { hidden, offsetWidth } = this.stage.axis;
    const room = width + MARGIN.right - (hidden ? 0 : offsetWidth) - 10;
    return measure.measureText(title).width <= room ? title : title.split(/, |\(/)[0];
  }

  /** [value, label] of the ticks of both axes. */
  ticks([low, high]) {
    const { at, log, stage } = this;
    const labelled = (axis, ...room) => {
      const scale = new Scale(axis);
      return scale.ticks(...room).flatMap(([share, label]) => (label ? [[scale.at(share), label]] : []));
    };
    return {
      across: labelled({ scale: "linear", low: 0, high: stage.steps, integer: true }, at.width, 60), // there is no half a step
      up: labelled(log ? { scale: "log", low: 10 ** low, high: 10 ** high } : { scale: "linear", low, high }, at.height, 36, 0),
    };
  }

  print(range) {
    const { theme, title, log, at, stage } = this;
    const { left, right, top, bottom } = MARGIN;
    const axis = { gridcolor: theme.grid, zeroline: false, linecolor: theme.line, showline: true, fixedrange: true, ticklabeloverflow: "allow" };
    const { across, up } = this.ticks(range);
    const marked = (ticks) => ({ tickvals: ticks.map(([value]) => value), ticktext: ticks.map(([, label]) => label) });
    return this.Plotly.react(
      this.plot,
      [],
      {
        width: left + at.width + right, height: top + at.height + bottom, margin: { l: left, r: right, t: top, b: bottom },
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        font: { color: theme.quiet, family: theme.font, size: 12 }, showlegend: false, hovermode: false, dragmode: false,
        xaxis: { ...axis, range: [0, stage.steps], ...marked(across) },
        yaxis: { ...axis, range, type: log ? "log" : "linear", ...marked(up) },
        annotations: [{ text: title, x: 0, y: 1, xref: "paper", yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size: 12, color: theme.quiet } }],
      },
      { displayModeBar: false, responsive: false, doubleClick: false, staticPlot: true },
    );
  }

  /** The same axes, at the same places. */
  draft(range) {
    const { theme, title, log, at } = this;
    const { left, top, width, height } = at;
    const { across, up } = this.ticks(range);
    const pen = overlay(this.plot, "dl-under");
    const line = (colour, ...rectangle) => {
      pen.fillStyle = colour;
      pen.fillRect(...rectangle.map(Math.round));
    };
    const say = (words, x, y) => {
      pen.fillStyle = theme.quiet;
      pen.fillText(words, x, y);
    };
    pen.font = `12px ${theme.font}`;
    const inner = (pixels, length) => pixels > 1 && pixels < length - 1; // no line of the grid lies on the frame
    pen.textAlign = "center";
    for (const [step, label] of across) {
      const x = at.x(step);
      if (inner(x - left, width)) line(theme.grid, x - 0.5, top, 1, height);
      say(label, x, top + height + 15);
    }
    pen.textAlign = "right";
    for (const [value, label] of up) {
      const y = at.y(log ? Math.log10(value) : value);
      if (inner(y - top, height)) line(theme.grid, left, y - 0.5, width, 1);
      say(label, left - 3, y + 4);
    }
    line(theme.line, left - 1, top, 1, height + 1);
    line(theme.line, left - 1, top + height, width + 1, 1);
    pen.textAlign = "left";
    say(title, left + 2, top - 6);
  }

  /** The range of the curves that stay on the map; one that leaves it may leave the axes too. */
  range() {
    const shown = this.stage.runners.filter((runner) => runner.shown);
    const floor = this.stage.relief.minimum ?? 0;
    let [low, high] = [Infinity, -Infinity];
    for (const runner of shown) {
      const end = runner.left ?? runner.length - 1;
      for (let i = 0; i <= end; i++) {
        const value = this.log ? runner.gap(i) : runner.gap(i) + floor;
        if (!Number.isFinite(value) || (this.log && value <= DEEPEST)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (!(high > -Infinity)) [low, high] = this.log ? [1e-3, 1] : [0, 1];
    if (this.log) {
      const [l, h] = [Math.log10(Math.max(low, DEEPEST)), Math.log10(high)];
      const pad = Math.max(0.06 * (h - l), 0.15);
      return [l - pad, h + pad].map((v) => +v.toFixed(2));
    }
    const pad = Math.max(0.06 * (high - low), LEAST * Math.max(Math.abs(low), Math.abs(high))) || 0.5;
    const unit = 10 ** Math.floor(Math.log10(high - low + 2 * pad) - 3); // ends are told no finer than anybody sees
    return [Math.floor((low - pad) / unit) * unit, Math.ceil((high + pad) / unit) * unit];
  }

  resize() {
    return this.at ? this.axes(this.Plotly, this.theme, this.stage.live.holds) : null;
  }

  draw() {
    if (!this.at || !this.plot.clientWidth) return;
    const { runners, t, steps, relief, thick } = this.stage;
    const { theme, log, at } = this;
    const pen = overlay(this.plot);
    const value = (runner) => (log ? (i) => Math.log10(Math.max(runner.gap(i), 1e-300)) : (i) => runner.gap(i) + (relief.minimum ?? 0));
    const time = (i) => i;
    const x = at.x(Math.min(t, steps));
    pen.save();
    pen.beginPath();
    pen.rect(at.left - 7, at.top, at.width + 14, at.height);
    pen.clip();
    pen.fillStyle = theme.line;
    pen.fillRect(x - 0.5, at.top, 1, at.height);
    const shown = runners.filter((runner) => runner.shown);
    for (const runner of shown) {
      const line = trace(time, value(runner), t, at.x, at.y, at);
      strokeLine(pen, line, runner.colour, theme.paper, thick ? 3 : 2, dashOf(runner.dash));
    }
    for (const runner of shown) {
      for (const [which, beside] of runner.besides.entries()) thinLine(pen, trace(time, value(beside), t, at.x, at.y, at), runner.colour, which);
    }
    for (const runner of shown) {
      const y = at.y(mix(value(runner), t));
      if (y < at.top || !Number.isFinite(y)) {
        if (runner.left !== null && t >= runner.left) arrow(pen, at.x(this.leaves(runner, at, value(runner), t)), at.top + 1, 0, -1, 11, runner.colour, theme.paper);
      } else dot(pen, x, Math.min(y, at.top + at.height), 5, runner.colour, theme.paper);
    }
    pen.restore();
  }

  /** The time at which a curve passes the upper edge. */
  leaves(runner, at, value, t) {
    for (let i = 0; i <= t; i++) if (!(at.y(value(i)) >= at.top)) return Math.max(0, i - 0.5);
    return t;
  }

  /** The curve under the pointer, and the step of it. */
  nearest(px, py) {
    const { at } = this;
    const { t, relief } = this.stage;
    const floor = relief.minimum ?? 0;
    const [from, to] = [px - NEAR, px + NEAR].map((x) => at.invert(x, py)[0]);
    let found = null;
    let best = NEAR;
    for (const runner of this.stage.runners) {
      if (!runner.shown) continue;
      const value = (i) => (this.log ? Math.log10(Math.max(runner.gap(i), 1e-300)) : runner.gap(i) + floor);
      const last = Math.min(Math.floor(t), runner.length - 1, Math.ceil(to));
      const { distance, i } = approach(px, py, (i) => i, value, at.x, at.y, Math.max(0, Math.floor(from)), last);
      if (distance < best) [best, found] = [distance, { runner, i, above: this.log }];
    }
    return found;
  }

  listen() {
    const { plot, section, stage } = this;
    let dragging = false;
    const go = (event) => {
      const box = section.getBoundingClientRect();
      const [time] = this.at.invert(event.clientX - box.left, 0);
      stage.pause();
      stage.go(Math.max(0, Math.min(stage.steps, Math.round(time))));
    };
    plot.addEventListener("pointerdown", (event) => {
      if (!this.at || event.button) return;
      dragging = true;
      plot.setPointerCapture(event.pointerId);
      go(event);
    });
    plot.addEventListener("pointermove", (event) => {
      if (dragging) return go(event);
      if (!this.at) return;
      const box = section.getBoundingClientRect();
      stage.tip(this.nearest(event.clientX - box.left, event.clientY - box.top), event);
    });
    for (const name of ["pointerup", "pointercancel"]) plot.addEventListener(name, () => (dragging = false));
    plot.addEventListener("pointerleave", () => stage.tip(null));
  }
}
