// The keys that step through a run.
import { taken } from "../descent-lab.canvas/keys.js";

const DRAWN = 1500; // milliseconds after a press that the page has taken over: then what an idle page shows counts again
const LOST = 10_000; // and after one that it has not: a busy server may take its time
const GAP = 5000; // milliseconds for which a busy server may keep this taken down before the page mounts it anew
const AGAIN = 1000; // milliseconds after which a page at rest is told once more what it has not taken over

/**
 * What is stepped through. It outlives being taken down for a moment, as happens when runs follow fast. goal: where the
 * presses have led. reached: whether the page is there.
 */
const spot = { goal: null, reached: false, pressed: -Infinity, down: -Infinity, send: null };

/**
 * Sends where the arrow keys have led. A press counts from the one before it, as long as that may be on its way, for the
 * slider is drawn some time after the page is told; else, and after a click, from where the slider stands.
 */
export default function mount({ data, parentElement, setTriggerValue }) {
  const send = (at) => setTriggerValue("at", at);
  const unsent = !spot.send && spot.down < spot.pressed;
  if (spot.of !== data.of) spot.goal = null;
  if (spot.goal === data.at) spot.reached = true;
  Object.assign(spot, data, { send, path: location.pathname });
  if (unsent && spot.goal !== null) send(spot.goal);
  parentElement.querySelector(".dl-arrows").dataset.listens = true; // for whoever waits for it
  return () => {
    if (spot.send === send) Object.assign(spot, { send: null, down: performance.now() });
  };
}

const busy = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
const stands = () => Number(document.querySelector(`.${spot.slider} input[type=range]`)?.value ?? spot.at);

/** Whether this is another page. */
const left = (now) => !spot.send && (location.pathname !== spot.path || now - spot.down > GAP);

/** Tell the page again, should the word have been lost. */
function insist() {
  clearTimeout(spot.timer);
  if (spot.goal === null || spot.reached || performance.now() - spot.pressed > LOST) return;
  spot.timer = setTimeout(() => {
    if (spot.goal !== null && !spot.reached && !busy()) spot.send?.(spot.goal);
    insist();
  }, AGAIN);
}

function press(event) {
  const now = performance.now();
  if (left(now)) return;
  const way = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
  if (!way || event.altKey || event.ctrlKey || event.metaKey || taken(event)) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // a slider that the pointer has left would move too
  const under = spot.goal !== null && (busy() || now - spot.pressed < (spot.reached ? DRAWN : LOST));
  const from = under ? spot.goal : stands();
  spot.pressed = now;
  spot.goal = Math.min(Math.max(from + way * (event.shiftKey ? 10 : 1), 1), spot.last);
  if (spot.goal === from) return;
  spot.reached = false;
  spot.send?.(spot.goal);
  insist();
}

const forget = () => (spot.goal = null); // another way to move, or Back

window.addEventListener("keydown", press, true);
window.addEventListener("pointerdown", forget, true);
window.addEventListener("popstate", forget);
