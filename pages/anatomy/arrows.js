const TAKEN = "input, textarea, select, [contenteditable=true], [role=slider], [role=listbox], [role=radiogroup], [role=menu]";
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
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest?.(TAKEN)) return;
    event.preventDefault();
    const now = performance.now();
    const from = now - spot.pressed < PATIENCE ? spot.goal : spot.at;
    spot.pressed = now;
    spot.goal = Math.min(Math.max(from + way * (event.shiftKey ? 10 : 1), 1), spot.last);
    if (spot.goal !== from) spot.send(spot.goal);
  };
  window.addEventListener("keydown", press);
  return { spot, leave: () => window.removeEventListener("keydown", press) };
}
