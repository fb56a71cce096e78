// Whose keys: a page that is played by keys shares them with what has the focus.
const JUST = 500; // milliseconds after a touch in which the focus may still follow it
const OPEN = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=menu]";
const CLOSED = "[role=combobox][aria-expanded=false]";
const MOVED = "input[type=range], [role=slider], [type=radio], [role=radiogroup], [role=tablist], .dl-scroll";
const PRESSED = "button, a, summary, [role=button], [role=switch], [type=checkbox]";

const hand = { led: false, down: false, last: -Infinity };

const touch = (down) => () => Object.assign(hand, { led: true, down, last: performance.now() });
window.addEventListener("pointerdown", touch(true), true);
for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, touch(false), true);
window.addEventListener("keydown", (event) => event.key === "Tab" && Object.assign(hand, { down: false, last: -Infinity }), true);
window.addEventListener("focusin", () => (hand.led = hand.down || performance.now() - hand.last < JUST), true);

/** Whether the focus stands where a pointer has put it, or a pointer was used since. */
export const byPointer = () => hand.led;

/**
 * Whether what has the focus uses this key itself. What is typed into, or open, always does. A slider, a switch, a button
 * or a box with its menu closed does if it was reached by keyboard: who has used a pointer on it is done with it.
 */
export function taken({ key, target }) {
  const within = (kinds) => Boolean(target.closest?.(kinds));
  if (hand.led && within(CLOSED)) return false;
  if (within(OPEN)) return true;
  if (hand.led) return false;
  return (key.length > 1 && within(MOVED)) || (key === " " && within(PRESSED));
}
