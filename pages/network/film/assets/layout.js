// Where the panels go and how wide they are: the arrangement in which they are largest.
import { TITLE } from "./panel.js";

const GAP = 10; // pixels between panels, as in the style sheet
const LEAST = 400; // pixels that the pane keeps beside the panels
const TALL = 1.3; // so much larger must panels be for the pane to lie under them: what it shows is tall
const SHARE = 0.54; // of the room that the panels may take

/** {way: "beside" | "below" the panels stands the pane, columns, width of a panel}. shape: height of a picture by its width. */
export function arrange(count, across, down, shape, phone, alone) {
  if (phone) {
    const columns = count > 1 ? 2 : 1;
    return { way: "below", columns, width: (across - GAP * (columns - 1)) / columns };
  }
  const ways = alone
    ? { below: [across, down] }
    : { beside: [Math.min(across * SHARE, across - LEAST - GAP), down], below: [across, (down - GAP) * SHARE] };
  let best = { width: 0 };
  for (const [way, [width, height]] of Object.entries(ways)) {
    for (let columns = 1; columns <= count; columns++) {
      const rows = Math.ceil(count / columns);
      const wide = (width - GAP * (columns - 1)) / columns;
      const tall = ((height - GAP * (rows - 1)) / rows - TITLE) / shape;
      const found = Math.min(wide, tall);
      const worth = found * (way === "beside" ? TALL : 1);
      if (found > 0 && worth > (best.worth ?? 0) + 6) best = { way, columns, width: found, worth };
    }
  }
  return best.width > 0 ? best : { way: "below", columns: 1, width: across };
}
