// Points of one's own: a press on an empty spot places one, a press on a point takes it away.
const CLICK = 5; // pixels a press may wander

export class Placing {
  constructor(map) {
    const { box, film } = map;
    let down = null;
    box.addEventListener("pointerdown", (event) => {
      down = film.data.own && event.button !== 1 ? [event.clientX, event.clientY, event.button] : null;
    });
    box.addEventListener("pointerup", (event) => {
      if (!down || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > CLICK) return;
      const kind = down[2] === 2 ? 1 : event.pointerType === "mouse" ? 0 : film.placed;
      const found = map.under(event);
      down = null;
      if (found) film.put(found, kind);
    });
    box.addEventListener("contextmenu", (event) => film.data.own && event.preventDefault());
    box.addEventListener("click", (event) => film.data.own && event.stopPropagation()); // places, and does not choose
  }
}
