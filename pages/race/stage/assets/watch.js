// Streamlit's own sliders, read while they are held: until they are let go they tell the server nothing.

/**
 * Calls `moved(slider, value)` whenever a slider that `find(name)` knows stands elsewhere, be it led by pointer or by key.
 *
 * Streamlit gives a widget's element a class made of its key, and its range input the number of the stop, or the value
 * itself where there are no stops. Where that has changed, nobody is called, and the page waits for the release.
 */
export class Watch {
  constructor(find, moved) {
    this.observer = new MutationObserver((changes) => {
      for (const input of new Set(changes.map((change) => change.target))) {
        const found = input.type === "range" && within(input, find);
        if (!found || !held(input)) continue;
        const value = valueOf(input, found.slider);
        if (value !== undefined) moved(found.name, value);
      }
    });
    this.observer.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["value"] });
  }

  stop() {
    this.observer.disconnect();
  }
}

/** Whether a slider that `Watch` has told of is still in somebody's hand. */
export const isHeld = (name) => Boolean(document.querySelector(`.${CSS.escape(name)} [data-dragging]`));

function held(input) {
  return input === document.activeElement || Boolean(input.closest("[data-dragging]"));
}

function within(input, find) {
  for (let box = input.closest("[class*=st-key-]"); box; box = box.parentElement?.closest("[class*=st-key-]")) {
    for (const name of box.classList) {
      const slider = name.startsWith("st-key-") && find(name);
      if (slider) return { name, slider };
    }
  }
  return null;
}

/** Where a slider rests: there is one stop more where its value lies between two of them. */
export const stopsOf = ({ rests, value }) => (rests.includes(value) ? rests : [...rests, value].sort((a, b) => a - b));

/** Where a rate lies on a slider with these stops, in percent: between two stops as far as its logarithm is. */
export function placeOf(stops, rate) {
  const after = stops.findIndex((stop) => stop >= rate);
  if (after <= 0) return after ? 100 : 0;
  const [low, high] = [stops[after - 1], stops[after]].map(Math.log);
  return (100 * (after - 1 + (Math.log(rate) - low) / (high - low))) / (stops.length - 1);
}

/** The value that a slider of the page shows; nothing where its stops are not those that are known. */
function valueOf(input, { rests, value }) {
  const place = Number(input.value);
  if (!rests) return place;
  const stops = stopsOf({ rests, value });
  return Number(input.max) === stops.length - 1 ? stops[place] : undefined;
}
