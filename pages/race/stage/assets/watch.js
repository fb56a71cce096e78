// Streamlit's own sliders, read while they are held: until they are let go they tell the server nothing.

const SHOWN = 100; // milliseconds after a release in which a slider has come to where it stays

/**
 * Calls `moved(slider, value)` whenever a slider that `find(name)` knows stands elsewhere, be it led by pointer or by key.
 *
 * Streamlit gives a widget's element a class made of its key, and its range input the number of the stop, or the value
 * itself where there are no stops. Where that has changed, nobody is called, and the page waits for the release.
 *
 * Streamlit shows a pointer's slider one picture of the screen late. Where it will stand is told at once: a `Lead`.
 */
export class Watch {
  constructor(find, moved) {
    const tell = (input, { name, slider }) => {
      const value = valueOf(Number(input.value), input, slider);
      if (value !== undefined) moved(name, value);
    };
    this.observer = new MutationObserver((changes) => {
      for (const input of new Set(changes.map((change) => change.target))) {
        const found = input.type === "range" && within(input, find);
        if (found && held(input) && !this.lead?.expected(input)) tell(input, found);
      }
    });
    this.observer.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["value"] });
    const listens = {
      pointerdown: ({ target, clientX }) => {
        const [input, another] = target.closest?.("[data-testid=stSlider]")?.querySelectorAll("input[type=range]") ?? [];
        const found = input && !another && within(input, find);
        this.lead = found ? new Lead(input, found, clientX) : null;
      },
      pointermove: ({ clientX }) => {
        const place = this.lead?.follow(clientX);
        const value = place === undefined ? place : valueOf(place, this.lead.input, this.lead.found.slider);
        if (value !== undefined) moved(this.lead.found.name, value);
      },
      pointerup: () => {
        const { lead } = this;
        this.lead = null;
        if (lead?.places.size) setTimeout(() => tell(lead.input, lead.found), SHOWN); // it has the last word
      },
    };
    this.listens = { ...listens, pointercancel: listens.pointerup };
    for (const [kind, act] of Object.entries(this.listens)) window.addEventListener(kind, act, true);
  }

  stop() {
    this.observer.disconnect();
    for (const [kind, act] of Object.entries(this.listens)) window.removeEventListener(kind, act, true);
  }
}

/** A slider in the hand of a pointer: it goes as far along its track as the pointer has gone since it was taken. */
class Lead {
  constructor(input, found, x) {
    Object.assign(this, { input, found, x, places: new Set(), trusted: true });
  }

  /** Where the slider will stand; nothing as long as it is not dragged, or where it was elsewhere than was foretold. */
  follow(x) {
    const { input, places } = this;
    if (!this.trusted || !isHeld(this.found.name)) return undefined;
    const [low, high, step] = [input.min, input.max, input.step].map(Number);
    this.track ??= input.closest("[data-rac]")?.parentElement?.closest("[data-rac]")?.getBoundingClientRect().width;
    if (!this.track || !step) return undefined;
    this.from ??= (Number(input.value) - low) / (high - low);
    const share = Math.min(Math.max(this.from + (x - this.x) / this.track, 0), 1);
    const place = +(low + step * Math.round((share * (high - low)) / step)).toPrecision(12);
    places.add(place);
    return place;
  }

  /** Whether the slider stands where it was said that it would, if perhaps some time ago. */
  expected(input) {
    if (input !== this.input || !this.places.size) return false;
    this.trusted &&= this.places.has(Number(input.value));
    return this.trusted;
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

/** The value that a slider of the page shows at a place; nothing where its stops are not those that are known. */
function valueOf(place, input, { rests, value }) {
  if (!rests) return place;
  const stops = stopsOf({ rests, value });
  return Number(input.max) === stops.length - 1 ? stops[place] : undefined;
}
