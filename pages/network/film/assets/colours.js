// Colours of classes and of signs. They are none of the runners': what a network thinks is no runner.
const CLASSES = {
  light: ["#2f6db3", "#d9760f", "#2b9470", "#8d4fb3", "#a5881c", "#c23f78", "#3c97ab", "#7b5836", "#5f8a1f", "#5b6470"],
  dark: ["#69a8ea", "#f5a04a", "#4fd0a4", "#c690ec", "#dcc256", "#f283b2", "#74cfe2", "#c99f74", "#a2d05a", "#b4bec9"],
};
const SIGNS = { light: ["#7b3294", "#1b7f3f"], dark: ["#cf93e3", "#63cf86"] }; // below and above zero: apart for colour-blind eyes too

const hex = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
const mixed = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);
export const css = (rgb) => `rgb(${rgb.map(Math.round).join(",")})`;

export function palette({ dark, paper }) {
  const name = dark ? "dark" : "light";
  const ground = /^#[0-9a-f]{6}/i.test(paper) ? hex(paper) : dark ? [16, 21, 28] : [255, 255, 255];
  const [below, above] = SIGNS[name].map(hex);
  return {
    classes: CLASSES[name],
    signs: SIGNS[name],
    /** The quiet colour of a class under its points. */
    tints: CLASSES[name].map((colour) => mixed(ground, hex(colour), dark ? 0.5 : 0.42)),
    paper: ground,
    /** From -1, the colour below zero, through paper to that above at 1, in 256 steps. */
    signed: Array.from({ length: 256 }, (_, i) => mixed(ground, i < 128 ? below : above, Math.abs(i - 127.5) / 127.5)),
  };
}

/** A lookup of 256 colours as numbers for a Uint32Array over image data. */
export const packed = (colours) => Uint32Array.from(colours, (rgb) => {
  const [r, g, b] = rgb.map(Math.round);
  return (255 << 24) | (b << 16) | (g << 8) | r;
});

/** From one colour to the other through paper: the probability of the second of two classes. */
export const between = ({ tints: [a, b], paper }) =>
  packed(Array.from({ length: 256 }, (_, i) => (i < 128 ? mixed(a, paper, i / 127.5) : mixed(paper, b, (i - 127.5) / 127.5))));
