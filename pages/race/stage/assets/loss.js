// Loss curves: axes by Plotly, curves on a canvas above them. Pressing or dragging moves the shown step.
import { approach, mix, trace } from "../descent-lab.canvas/clip.js";
import { arrow, dashOf, dot, frameOf, overlay, strokeLine } from "../descent-lab.canvas/draw.js";
import { Scale } from "../descent-lab.canvas/scale.js";

const NEAR = 18; // pixels within which the pointer finds a curve
const DEEPEST = 1e-16; // a log axis ends here: below is rounding

/** Ticks of a logarithmic axis: whole decades, or on an axis that holds hardly any, those of other axes. */
function ticksOf([low, high]) {
  if (high - low >= 2) return { dtick: Math.max(1, Math.ceil((high - low) / 6)) };
  const scale = new Scale({ scale: "log", low: 10 ** low, high: 10 ** high });
  const told = scale.ticks(200, 30, 0).filter(([, label]) => label);
  return { tickvals: told.map(([share]) => scale.at(share)), ticktext: told.map(([, label]) => label) };
}

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

  async axes(Plotly, theme) {
    this.Plotly = Plotly;
    this.theme = theme;
    const { words, steps } = this.stage;
    const range = this.range();
    const name = JSON.stringify([theme.name, range, steps, this.log, words.loss]);
    if (name === this.drawn) return;
    this.drawn = name;
    const axis = { gridcolor: theme.grid, zeroline: false, linecolor: theme.line, showline: true, fixedrange: true };
    const title = { text: this.log ? words.loss_log : words.loss_linear, font: { size: 12 }, standoff: 4 };
    await Plotly.react(
      this.plot,
      [],
      {
        margin: { l: 58, r: 10, t: 22, b: 30 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        font: { color: theme.quiet, family: theme.font, size: 12 }, showlegend: false, hovermode: false, dragmode: false,
        xaxis: { ...axis, range: [0, steps], nticks: 8, ...(steps < 8 ? { dtick: 1 } : {}) }, // there is no half a step
        yaxis: { ...axis, type: this.log ? "log" : "linear", range, nticks: 6, exponentformat: "e", minexponent: 3, ...(this.log ? ticksOf(range) : {}) },
        annotations: [{ text: title.text, x: 0, y: 1, xref: "paper", yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size: 12, color: theme.quiet } }],
      },
      { displayModeBar: false, responsive: false, doubleClick: false, staticPlot: true },
    );
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
    const pad = 0.06 * (high - low) || 0.5;
    return [low - pad, high + pad].map((v) => +v.toPrecision(4));
  }

  resize() {
    return this.drawn && this.plot.clientWidth ? this.Plotly.Plots.resize(this.plot) : null;
  }

  draw() {
    if (!this.plot._fullLayout?.xaxis?._length) return;
    const { runners, t, steps, relief, thick } = this.stage;
    const { theme, log } = this;
    const pen = overlay(this.plot);
    const at = frameOf(this.plot);
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
    const at = frameOf(this.plot);
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
      const [time] = frameOf(plot).invert(event.clientX - box.left, 0);
      stage.pause();
      stage.go(Math.max(0, Math.min(stage.steps, Math.round(time))));
    };
    plot.addEventListener("pointerdown", (event) => {
      if (!this.drawn || event.button) return;
      dragging = true;
      plot.setPointerCapture(event.pointerId);
      go(event);
    });
    plot.addEventListener("pointermove", (event) => {
      if (dragging) return go(event);
      if (!this.drawn) return;
      const box = section.getBoundingClientRect();
      stage.tip(this.nearest(event.clientX - box.left, event.clientY - box.top), event);
    });
    for (const name of ["pointerup", "pointercancel"]) plot.addEventListener(name, () => (dragging = false));
    plot.addEventListener("pointerleave", () => stage.tip(null));
  }
}
