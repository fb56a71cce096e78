// What colours and signs mean: a quiet scale from good to bad, and how it is told.
import { numbers } from "./draw.js";
import { Scale } from "./scale.js";

// From the lowest loss, or the soonest arrival, to the highest: what is good stands out on either paper.
const RAMP = {
  light: ["#08385f", "#1d6598", "#5a9cc6", "#a5cce3", "#e3eff6"],
  dark: ["#e2f2fd", "#93caee", "#4b93c4", "#245a83", "#152c40"],
};
export const OVERFLOW = { light: "#cf8f52", dark: "#9a5f2e" }; // what grew beyond all numbers

export const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
export const mixed = (a, b, share) => a.map((c, i) => Math.round(c + (b[i] - c) * share));
export const css = (colour) => `rgb(${colour.join(",")})`;

/** The scale of a theme as 256 colours. */
export function ramp(theme) {
  const stops = RAMP[theme.dark ? "dark" : "light"].map(rgb);
  return Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    return mixed(stops[k], stops[k + 1], at - k);
  });
}

/** A colour bar with numbers under it. */
export function bar(title, colours, axis, ends = []) {
  const made = Object.assign(document.createElement("div"), { className: "dl-scale" });
  const name = Object.assign(document.createElement("span"), { className: "dl-scale-name", textContent: title });
  const strip = Object.assign(document.createElement("span"), { className: "dl-strip" });
  strip.style.background = `linear-gradient(to right, ${colours.map(css).join(", ")})`;
  const labelled = new Scale(axis).ticks(260, 44).filter(([, label]) => label);
  const narrow = numbers([axis.low, axis.high]).map((label, share) => [share, label]); // a range with no round number in it
  for (const [share, label] of labelled.length > 1 ? labelled : narrow) {
    const tick = strip.appendChild(Object.assign(document.createElement("span"), { textContent: label }));
    tick.style.left = `${100 * share}%`;
  }
  made.append(name, ...(ends[0] ? [ends[0]] : []), strip, ...(ends[1] ? [ends[1]] : []));
  return made;
}

/** A sentence beside the sign that it explains. */
export function keyed(sign, text) {
  const made = Object.assign(document.createElement("p"), { className: "dl-keyed" });
  made.innerHTML = `<i class="dl-sign dl-${sign}" aria-hidden="true"></i>`;
  made.append(text);
  return made;
}
