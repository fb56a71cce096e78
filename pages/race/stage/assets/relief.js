// The surface in 3D. Plotly draws it; the paths are laid over it, a little above, so that none is buried.
import { cut, mix } from "../descent-lab.canvas/clip.js";
import { overlay } from "../descent-lab.canvas/draw.js";

const MAX_VERTICES = 1500; // of one path: more cannot be told apart
const EYE = { x: 1.08, y: -1.42, z: 1.6 };

export class ReliefView {
  constructor(section, stage) {
    this.plot = section.querySelector(".dl-plot");
    this.section = section;
    this.stage = stage;
    this.drawn = "";
    this.cost = 0;
    this.listen();
  }

  get camera() {
    return this.plot._fullLayout?.scene?._scene?.getCamera?.() ?? this.plot._fullLayout?.scene?.camera;
  }

  /** The camera as the scene keeps it: eye and centre; nothing where it was never moved. */
  get kept() {
    const camera = this.camera;
    if (!camera?.eye || !this.touched) return null;
    const round = (value) => +value.toFixed(4);
    const centre = ["x", "y", "z"].map((axis) => round(camera.center?.[axis] ?? 0));
    return [...["x", "y", "z"].map((axis) => round(camera.eye[axis])), ...(centre.some(Boolean) ? centre : [])];
  }

  /** Draw surface and runners anew where either changed in kind; else only the paths. */
  async surface(Plotly, relief, theme, camera) {
    const { runners } = this.stage;
    this.Plotly = Plotly;
    this.relief = relief;
    this.paths = runners.map((runner) => drape(runner, relief));
    const kind = runners.map((r) => r.colour + r.dash).join();
    const name = `${relief.key}|${theme.name}|${kind}`;
    if (name === this.drawn) return;
    const eye = this.drawn ? this.camera : cameraOf(camera);
    if (!this.drawn && camera) this.touched = true;
    this.drawn = name;
    const axis = { gridcolor: theme.line, zeroline: false, showbackground: false, showspikes: false, color: theme.quiet, nticks: 5 };
    const [[x0, x1], [y0, y1]] = relief.bounds;
    const longest = Math.max(x1 - x0, y1 - y0);
    const lines = runners.map((runner) => ({
      type: "scatter3d", mode: "lines", x: [null], y: [null], z: [null], hoverinfo: "skip",
      line: { color: runner.colour, width: 6, dash: runner.dash },
    }));
    const heads = {
      type: "scatter3d", mode: "markers", x: [null], y: [null], z: [null],
      hoverinfo: "skip", marker: { size: 6, color: runners.map((r) => r.colour), line: { color: theme.paper, width: 1.5 } },
    };
    await Plotly.react(
      this.plot,
      [
        {
          type: "surface", x: relief.x, y: relief.y, z: relief.heights, colorscale: theme.scale3d, showscale: false, hoverinfo: "skip",
          lighting: { ambient: 0.75, diffuse: 0.5, specular: 0.06, roughness: 0.9, fresnel: 0.05 },
          contours: { x: { highlight: false }, y: { highlight: false }, z: { highlight: false, show: true, start: relief.levels[0], end: relief.levels[1], size: relief.levels[2] * 2, color: theme.contour, width: 1 } },
        },
        ...lines,
        heads,
      ],
      {
        margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: false,
        font: { color: theme.quiet, family: theme.font, size: 11 },
        scene: {
          aspectmode: "manual", aspectratio: { x: (1.15 * (x1 - x0)) / longest, y: (1.15 * (y1 - y0)) / longest, z: 0.7 },
          camera: eye, dragmode: "turntable", hovermode: false,
          xaxis: { ...axis, range: [x0, x1], title: { text: "x" } },
          yaxis: { ...axis, range: [y0, y1], title: { text: "y" } },
          zaxis: { ...axis, range: [relief.floor - 0.02 * relief.span, relief.top + 0.06 * relief.span], title: { text: "" }, tickvals: relief.ticks.map((tick) => tick[0]), ticktext: relief.ticks.map((tick) => tick[1]) },
        },
      },
      { displayModeBar: false, responsive: false },
    );
    if (!this.hooked) {
      this.hooked = true;
      this.plot.on("plotly_relayout", (change) => {
        if (!change["scene.camera"]) return;
        this.touched = true;
        this.stage.viewed();
      });
    }
  }

  async look(camera) {
    this.touched = Boolean(camera);
    await this.Plotly.relayout(this.plot, { "scene.camera": cameraOf(camera) });
    this.touched = Boolean(camera); // Plotly has reported it as if by hand
  }

  /** A copy for paper: what WebGL has drawn is gone with the picture of the screen, and is not printed. */
  copy() {
    const drawn = this.hooked && this.plot._fullLayout?.scene?._scene?.glplot;
    if (!drawn?.canvas) return;
    drawn.redraw();
    const { clientWidth, clientHeight } = this.section;
    overlay(this.plot, "dl-copy").drawImage(drawn.canvas, 0, 0, clientWidth, clientHeight);
  }

  resize() {
    return this.hooked && this.plot.clientWidth ? this.Plotly.Plots.resize(this.plot) : null;
  }

  /** The step of a shown path that the camera sees nearest to the pointer. */
  nearest(px, py) {
    const project = this.hooked && projector(this.plot);
    if (!project) return null;
    const { runners, t } = this.stage;
    const { height, bounds: [[x0, x1], [y0, y1]] } = this.relief;
    let found = null;
    let best = 12 * 12;
    for (const runner of runners) {
      if (!runner.shown) continue;
      for (let i = 0; i <= Math.min(t, runner.left ?? t); i++) {
        const [x, y] = [runner.x(i), runner.y(i)];
        if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1)) continue;
        const [sx, sy] = project(x, y, height(runner.f(i)));
        const distance = (sx - px) ** 2 + (sy - py) ** 2;
        if (distance < best) [best, found] = [distance, { runner, i }];
      }
    }
    return found;
  }

  listen() {
    this.section.addEventListener("pointermove", (event) => {
      if (event.buttons) return this.stage.tip(null);
      const box = this.section.getBoundingClientRect();
      this.stage.tip(this.nearest(event.clientX - box.left, event.clientY - box.top), event);
    });
    this.section.addEventListener("pointerleave", () => this.stage.tip(null));
  }

  /**
   * Paths up to the stage's time, and a head on each. Where drawing in 3D is slow, `lazy` calls are skipped
   * so that map and curves stay smooth; the next call that is not lazy brings it up to date.
   */
  draw(lazy = false) {
    if (!this.hooked || !this.paths) return;
    const now = performance.now();
    if (lazy && now - this.last < 3 * this.cost) return;
    const { runners, t } = this.stage;
    const lines = runners.map((runner, k) => (runner.shown ? this.paths[k].upTo(t) : EMPTY));
    const tips = lines.map((line) => (line.x.length ? [line.x.at(-1), line.y.at(-1), line.z.at(-1)] : [null, null, null]));
    const heads = tips.length ? { x: tips.map((p) => p[0]), y: tips.map((p) => p[1]), z: tips.map((p) => p[2]) } : EMPTY;
    const scene = this.plot._fullLayout?.scene?._scene;
    const full = this.plot._fullData;
    const traces = full?.slice(1).map((trace) => scene?.traces?.[trace.uid]);
    if (traces?.length && traces.every(Boolean)) {
      // Straight into the scene: Plotly's own update recomputes the surface too.
      [...lines, heads].forEach((data, k) => {
        Object.assign(full[k + 1], data, { _length: data.x.length });
        traces[k].update(full[k + 1]);
      });
    } else {
      const all = [...lines, heads];
      this.Plotly.restyle(this.plot, { x: all.map((d) => d.x), y: all.map((d) => d.y), z: all.map((d) => d.z) }, all.map((_, k) => k + 1));
    }
    this.last = performance.now();
    requestAnimationFrame(() => (this.cost = 0.5 * this.cost + 0.5 * (performance.now() - now - 16)));
  }
}

/** A point of the scene through the camera, in pixels of the view; null where Plotly does not tell. */
function projector(plot) {
  const scene = plot._fullLayout?.scene?._scene;
  const camera = scene?.glplot?.cameraParams;
  const scale = scene?.dataScale;
  if (!camera || !scale) return null;
  const { model, view, projection } = camera;
  const times = (m, [x, y, z, w]) => [0, 1, 2, 3].map((r) => m[r] * x + m[4 + r] * y + m[8 + r] * z + m[12 + r] * w);
  return (x, y, z) => {
    const seen = [model, view, projection].reduce((point, m) => times(m, point), [x * scale[0], y * scale[1], z * scale[2], 1]);
    return [(0.5 + seen[0] / seen[3] / 2) * plot.clientWidth, (0.5 - seen[1] / seen[3] / 2) * plot.clientHeight];
  };
}

const EMPTY = { x: [NaN], y: [NaN], z: [NaN] };

function cameraOf(kept) {
  if (!kept) return { eye: EYE, center: { x: 0, y: 0, z: 0 }, up: { x: 0, y: 0, z: 1 } };
  const [x, y, z, cx = 0, cy = 0, cz = 0] = kept;
  return { eye: { x, y, z }, center: { x: cx, y: cy, z: cz }, up: { x: 0, y: 0, z: 1 } };
}

/**
 * Lay a path over the grid: between two far points it follows the ground instead of cutting through it. What lies
 * outside is cut off where the path leaves the box and where it comes back. Every vertex has its time.
 */
function drape(runner, relief) {
  const { bounds, n } = relief;
  const [[x0, x1], [y0, y1]] = bounds;
  const cell = Math.max(x1 - x0, y1 - y0) / (n - 1);
  const lift = 0.018 * relief.span;
  const ceiling = relief.top + 0.06 * relief.span; // of the box
  const [xs, ys, zs, times] = [[], [], [], []];
  const spare = Math.max(1, runner.length / MAX_VERTICES);
  const add = (x, y, z, time) => {
    xs.push(x);
    ys.push(y);
    zs.push(Math.min(z + lift, ceiling));
    times.push(time);
  };
  const inside = (x, y) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
  let [lx, ly, last] = [NaN, NaN, 0]; // the last step that counts
  const end = runner.left ?? runner.length - 1; // a path that has left for good does not come back into the box
  for (let i = 0; i <= end; i++) {
    const [x, y] = [runner.x(i), runner.y(i)];
    if (Math.hypot(x - lx, y - ly) < 0.15 * cell * spare && i < end) continue; // too near to the last vertex to be seen
    const ends = [lx, ly, x, y];
    if (ends.every(Number.isFinite) && cut(ends, bounds)) {
      // How far along the step, by the coordinate that changes more.
      const axis = Math.abs(x - lx) > Math.abs(y - ly) ? 0 : 1;
      const time = (p) => last + ((i - last) * (p[axis] - [lx, ly][axis])) / ([x, y][axis] - [lx, ly][axis] || 1);
      const [ax, ay, bx, by] = ends;
      const pieces = Math.max(1, Math.min(24, Math.ceil(Math.hypot(bx - ax, by - ay) / (1.5 * cell))));
      for (let k = ax === lx && ay === ly ? 1 : 0; k < pieces || (k === pieces && (bx !== x || by !== y)); k++) {
        const p = [ax + ((bx - ax) * k) / pieces, ay + ((by - ay) * k) / pieces];
        add(...p, relief.ground(...p), time(p));
      }
      if (bx !== x || by !== y) add(NaN, NaN, NaN, time([bx, by]));
    }
    if (inside(x, y)) add(x, y, Math.max(relief.height(runner.f(i)), relief.ground(x, y)), i);
    else if (!Number.isFinite(x + y)) add(NaN, NaN, NaN, i);
    [lx, ly, last] = [x, y, i];
  }
  if (runner.left !== null) add(NaN, NaN, NaN, end); // there is no head to show
  const [X, Y, Z] = [xs, ys, zs].map((list) => Float32Array.from(list));
  const upTo = (count) => ({ x: X.subarray(0, count), y: Y.subarray(0, count), z: Z.subarray(0, count) });
  return {
    upTo(t) {
      let [low, high] = [0, times.length]; // of the vertices before low none is later than t, of those from high on all are
      while (low < high) {
        const middle = (low + high) >> 1;
        if (times[middle] <= t) low = middle + 1;
        else high = middle;
      }
      if (t === Math.floor(t) || t >= end) return upTo(low);
      const [x, y] = [mix(runner.x, t), mix(runner.y, t)];
      if (!inside(x, y)) return upTo(low);
      const tip = (list, value) => Float32Array.of(...list.subarray(0, low), value);
      return { x: tip(X, x), y: tip(Y, y), z: tip(Z, relief.ground(x, y) + lift) };
    },
  };
}
