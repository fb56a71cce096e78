// The keys that step through a run.
import { taken } from "../descent-lab.canvas/keys.js";

const PATIENCE = 1500; // milliseconds: after that what the server says counts again
const listeners = new WeakMap();

/** Sends where the arrow keys have led. A press counts from the one before it, if that is still on its way. */
export default function mount({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".dl-arrows");
  if (!listeners.has(root)) listeners.set(root, listen());
  const { spot, leave } = listeners.get(root);
  if (spot.of !== data.of) spot.pressed = -Infinity;
  Object.assign(spot, data, { send: (at) => setTriggerValue("at", at) });
  return () => {
    leave();
    listeners.delete(root);
  };
}

function listen() {
  const spot = { pressed: -Infinity };
  const press = (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey || taken(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // a slider that the pointer has left would move too
    const now = performance.now();
    const from = now - spot.pressed < PATIENCE ? spot.goal : spot.at;
    spot.pressed = now;
    spot.goal = Math.min(Math.max(from + way * (event.shiftKey ? 10 : 1), 1), spot.last);
    if (spot.goal !== from) spot.send(spot.goal);
  };
  window.addEventListener("keydown", press, true);
  return { spot, leave: () => window.removeEventListener("keydown", press, true) };
}
