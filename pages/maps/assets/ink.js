// What map and run have in common: the marks of a surface.
import { seen } from "../descent-lab.canvas/clip.js";
import { cross, diamond } from "../descent-lab.canvas/draw.js";

/** The known minima and saddles of a surface, whose ground may reach beyond what is shown of it. */
export function drawMarks(pen, relief, { left, top, width, height }, shown, theme) {
  const [[x0, x1], [y0, y1]] = relief.bounds;
  for (const [x, y, , kind] of relief.marks) {
    const [px, py] = [left + ((x - x0) / (x1 - x0)) * width, top + (1 - (y - y0) / (y1 - y0)) * height];
    if (!seen(px, py, shown)) continue;
    if (kind === 2) diamond(pen, px, py, 4, theme.quiet, theme.paper);
    else cross(pen, px, py, kind ? 3.5 : 5.5, kind ? theme.quiet : theme.ink, theme.paper, kind ? 1.5 : 2.5);
  }
}
