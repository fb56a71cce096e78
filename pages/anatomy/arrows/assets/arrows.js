// The keys that step through a run.
import { taken } from "../descent-lab.canvas/keys.js";

const PATIENCE = 1500; // milliseconds after a press: then what an idle page shows counts again
const listeners = new WeakMap();

/**
 * Sends where the arrow keys have led. A press counts from the one before it, as long as that is on its way, else from
 * where the slider stands: it is the first to know.
 */
export default function mount({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".dl-arrows");
  if (!listeners.has(root)) listeners.set(root, listen());
  const { spot, leave } = listeners.get(root);
  if (spot.of !== data.of || data.at === spot.goal) spot.goal = null;
  Object.assign(spot, data, { send: (at) => setTriggerValue("at", at) });
  return () => {
    leave();
    listeners.delete(root);
  };
}

function listen() {
  const spot = { goal: null, pressed: -Infinity };
  const busy = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
  const stands = () => Number(document.querySelector(`.${spot.slider} input[type=range]`)?.value ?? spot.at);
  const press = (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey || taken(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // a slider that the pointer has left would move too
    const now = performance.now();
    const under = spot.goal !== null && (busy() || now - spot.pressed < PATIENCE);
    const from = under ? spot.goal : stands();
    spot.pressed = now;
    spot.goal = Math.min(Math.max(from + way * (event.shiftKey ? 10 : 1), 1), spot.last);
    if (spot.goal !== from) spot.send(spot.goal);
  };
  window.addEventListener("keydown", press, true);
  return { spot, leave: () => window.removeEventListener("keydown", press, true) };
}
