// Where curves leave the frame of their chart, above or below, and where they end.

const BESIDE = 1; // pixels beyond an edge that still count as on it: half of a line's width
const APART = 16; // pixels between two arrows at an edge

/** [x, up] of every place where a curve leaves its frame; of those that lie close together the first. places: [x, y] of a moment. */
export function exits(places, last, { top, height }) {
  const found = [];
  let [before, bx, by] = [0, NaN, NaN];
  for (let m = 0; m <= last; m++) {
    const [x, y] = places(m);
    const side = y < top - BESIDE ? -1 : y > top + height + BESIDE ? 1 : 0;
    if (side && side !== before) {
      const edge = side < 0 ? top : top + height;
      const share = Number.isNaN(by) ? 1 : (edge - by) / (y - by);
      const at = m > 0 && share >= 0 && share < 1 ? bx + (x - bx) * share : x;
      if (!found.some(([other, up]) => up === side < 0 && Math.abs(other - at) < APART)) found.push([at, side < 0]);
    }
    [before, bx, by] = [side, x, y];
  }
  return found;
}

/** A short bar across the end of a curve. */
export function cap(pen, x, y, colour, paper) {
  for (const [stroke, width, half] of [[paper, 5, 6], [colour, 2.5, 5]]) {
    pen.strokeStyle = stroke;
    pen.lineWidth = width;
    pen.lineCap = "butt";
    pen.beginPath();
    pen.moveTo(x, y - half);
    pen.lineTo(x, y + half);
    pen.stroke();
  }
}
