// The colours of a map: a quiet scale from good to bad, and a colour for each way to end.
import { mixed, OVERFLOW, ramp, rgb } from "../descent-lab.canvas/legend.js";

const DEEPEST = -16; // decimal logarithm of the loss below which there is only rounding

const FATES = {
  settings: {
    light: { arrived: "#2b7db3", moving: "#c5ccd5", stuck: "#83729e", cycling: "#74b39b", stopped: "#c9a94f", escaped: "#f2dfc6", undefined: "#b98a94", overflow: OVERFLOW.light },
    dark: { arrived: "#5cb3ec", moving: "#4b5665", stuck: "#a593c9", cycling: "#4f937b", stopped: "#a8893a", escaped: "#46362a", undefined: "#6b4750", overflow: OVERFLOW.dark },
  },
  starts: {
    light: { moving: "#b4bac2", stuck: "#3f454d", cycling: "#7b828b", stopped: "#9a948a", escaped: "#ebebe8", undefined: "#d9cfc0", overflow: "#ebebe8" },
    dark: { moving: "#545d69", stuck: "#d3d8de", cycling: "#8f98a3", stopped: "#756f66", escaped: "#1d2228", undefined: "#3d342a", overflow: "#1d2228" },
  },
};

/** What the colours of all maps of a header mean; maps side by side share one scale. */
export class Heat {
  constructor(header, arrays, theme) {
    this.header = header;
    this.scale = ramp(theme);
    this.paper = theme.paper.startsWith("#") ? rgb(theme.paper) : theme.dark ? [16, 21, 28] : [255, 255, 255];
    this.hues = header.hues.map(([light, dark]) => rgb(theme.dark ? dark : light));
    const fates = FATES[header.kind][theme.dark ? "dark" : "light"];
    this.fates = header.fates.map((name) => rgb(fates[name] ?? "#808080"));
    this.ink = theme.dark ? [230, 235, 240] : [29, 39, 51];
    [this.soon, this.late] = this.times(arrays);
    if (header.kind === "settings") {
      this.high = Math.max(...header.plates.map((plate) => plate.high));
      const low = Math.min(...header.plates.map((plate) => plate.low));
      this.low = this.high > DEEPEST ? Math.max(low, DEEPEST) : low;
      if (!(this.high > this.low)) this.low = this.high - 1;
    }
  }

  /** The steps between which all but a few cells arrive: one that starts on the spot must not wash out the rest. */
  times(arrays) {
    const counts = new Uint32Array(65536);
    let total = 0;
    for (const plate of this.header.plates) {
      const when = arrays.get(plate.planes.when);
      const fate = this.fateOf(plate, arrays);
      for (let i = 0; i < when.length; i++) {
        if (fate[i] !== 0 || when[i] === 0) continue; // of those at a minimum some circle around it and never arrive
        counts[when[i] - 1] += 1;
        total += 1;
      }
    }
    const quantile = (share) => {
      let [step, sum] = [0, counts[0]];
      while (sum < share * total) sum += counts[++step];
      return step;
    };
    this.arrivals = total;
    return total ? [quantile(0.02), Math.max(quantile(0.98), quantile(0.02) + 1)] : [0, 1];
  }

  /** Number of the way each cell ended; 0 is that it arrived. */
  fateOf(plate, arrays) {
    const { nowhere } = this.header;
    return plate.planes.goal
      ? arrays.get(plate.planes.goal).map((goal) => Math.max(goal - nowhere, 0))
      : arrays.get(plate.planes.fate).map((fate) => fate & 7);
  }

  /** Share of the scale at which a step of arrival lies: even in its logarithm. */
  time(when) {
    const share = Math.log((when + 1) / (this.soon + 1)) / Math.log((this.late + 1) / (this.soon + 1));
    return Math.min(Math.max(share, 0), 1);
  }

  goal(goal, when) {
    if (goal >= this.header.nowhere) return this.fates[goal - this.header.nowhere];
    return this.shade(this.hues[goal % this.hues.length], when < 0 ? 1 : this.time(when)); // circling is the palest
  }

  /** A colour, the paler the later. */
  shade(colour, late) {
    return mixed(colour, this.paper, 0.1 + 0.65 * late);
  }

  /** The picture of a map: one pixel a cell, the first row below. */
  image(plate, arrays) {
    const n = plate.size;
    const { colour, kind } = this.header;
    const fate = this.fateOf(plate, arrays);
    const [when, loss, goal] = ["when", "loss", "goal"].map((name) => arrays.get(plate.planes[name]));
    const log = loss && ((level) => (level ? plate.low + ((level - 1) / 4094) * (plate.high - plate.low) : -Infinity));
    const along = (share) => this.scale[Math.round(255 * Math.min(Math.max(share, 0), 1))];
    const canvas = Object.assign(document.createElement("canvas"), { width: n, height: n });
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(n, n);
    for (let i = 0; i < n * n; i++) {
      const gone = fate[i] > 4; // escaped, without a value, or past what a float can hold
      const pixel =
        kind === "starts" ? this.goal(goal[i], when[i] - 1)
        : colour === "outcome" || gone || (colour === "when" && fate[i] !== 0) ? this.fates[fate[i]]
        : colour === "when" ? along(this.time(when[i] - 1))
        : along((log(loss[i]) - this.low) / (this.high - this.low));
      const at = 4 * ((n - 1 - Math.floor(i / n)) * n + (i % n));
      [image.data[at], image.data[at + 1], image.data[at + 2], image.data[at + 3]] = [...pixel, 255];
    }
    pen.putImageData(image, 0, 0);
    return canvas;
  }
}
