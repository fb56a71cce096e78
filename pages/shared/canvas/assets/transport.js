// The bar under a picture that plays: play, step, scrub, speed, link.
import { byPointer } from "./keys.js";

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  back: "M6 6h2v12H6zm12 0v12l-9-6z",
  forward: "M16 6h2v12h-2zM6 6l9 6-9 6z",
  replay: "M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  link: "M3.9 12a3.1 3.1 0 0 1 3.1-3.1h4V7H7a5 5 0 0 0 0 10h4v-1.9H7A3.1 3.1 0 0 1 3.9 12zM8 13h8v-2H8zm9-6h-4v1.9h4a3.1 3.1 0 0 1 0 6.2h-4V17h4a5 5 0 0 0 0-10z",
  full: "M7 14H5v5h5v-2H7zm-2-4h2V7h3V5H5zm12 7h-3v2h5v-5h-2zM14 5v2h3v3h2V5z",
  home: "M12 5.7l5 4.5V18h-2v-6H9v6H7v-7.8l5-4.5M12 3L2 12h3v8h6v-6h2v6h6v-8h3z",
  plus: "M19 13h-6v6h-2v-6H5v-2h6V5h2v6h6z",
  minus: "M19 13H5v-2h14z",
  seen: "M12 4.5C7 4.5 2.73 7.61 1 12c1.73 4.39 6 7.5 11 7.5s9.27-3.11 11-7.5c-1.73-4.39-6-7.5-11-7.5zM12 17c-2.76 0-5-2.24-5-5s2.24-5 5-5 5 2.24 5 5-2.24 5-5 5zm0-8c-1.66 0-3 1.34-3 3s1.34 3 3 3 3-1.34 3-3-1.34-3-3-3z",
  unseen: "M12 7c2.76 0 5 2.24 5 5 0 .65-.13 1.26-.36 1.83l2.92 2.92c1.51-1.26 2.7-2.89 3.43-4.75-1.73-4.39-6-7.5-11-7.5-1.4 0-2.74.25-3.98.7l2.16 2.16C10.74 7.13 11.35 7 12 7zM2 4.27l2.74 2.74C3.08 8.3 1.78 10.02 1 12c1.73 4.39 6 7.5 11 7.5 1.55 0 3.03-.3 4.38-.84L19.73 22 21 20.73 3.27 3 2 4.27zM7.53 9.8l1.55 1.55c-.05.21-.08.43-.08.65 0 1.66 1.34 3 3 3 .22 0 .44-.03.65-.08l1.55 1.55c-.67.33-1.41.53-2.2.53-2.76 0-5-2.24-5-5 0-.79.2-1.53.53-2.2z",
};
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

export const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;

export function button(name, onclick, className = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `dl-icon ${className}`.trim();
  made.innerHTML = icon(name);
  made.addEventListener("click", (event) => {
    if (event.detail) made.blur(); // pressed with a pointer: the space bar goes back to playing
    onclick();
  });
  return made;
}

export function name(element, words) {
  element.title = words;
  element.setAttribute("aria-label", words);
}

/**
 * stage: what plays. It has `t` of `steps`, `playing`, `words`, and toggle, step, replay, pause, go, copyLink, fullscreen.
 * told: how it says where it is, {count, text}: what stands in the bar, as HTML, and what is read out; called: its own words
 * for what the buttons do, by the key of those that they stand for.
 */
export class Transport {
  constructor(bar, stage, told = stepOf, called = {}) {
    this.stage = stage;
    this.bar = bar;
    this.told = told;
    this.called = called;
    this.play = button("play", () => stage.toggle(), "dl-main");
    this.back = button("back", () => stage.step(-1));
    this.forward = button("forward", () => stage.step(1));
    this.replay = button("replay", () => stage.replay());
    this.scrub = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1 });
    this.scrub.addEventListener("input", () => {
      stage.pause();
      stage.go(Number(this.scrub.value));
    });
    this.count = document.createElement("output");
    this.count.className = "dl-count";
    this.speed = document.createElement("select");
    this.speed.innerHTML = SPEEDS.map((s) => `<option value="${s}" ${s === 1 ? "selected" : ""}>${s}×</option>`).join("");
    this.speed.addEventListener("change", () => {
      stage.speed = Number(this.speed.value);
      if (byPointer()) this.speed.blur(); // else the keys would go on to choose speeds
    });
    this.link = button("link", () => stage.copyLink(), "dl-words");
    this.link.append(document.createElement("span"));
    this.full = button("full", () => stage.fullscreen());
    bar.append(this.play, this.back, this.forward, this.replay, this.scrub, this.count, this.speed, this.link, this.full);
  }

  words(words) {
    for (const key of ["back", "forward", "replay", "scrub", "speed"]) name(this[key], words[this.called[key] ?? key]);
    name(this.full, words.fullscreen);
    this.link.lastChild.textContent = words.copy_link;
    this.playing();
  }

  playing() {
    const { playing, words } = this.stage;
    this.play.innerHTML = icon(playing ? "pause" : "play");
    name(this.play, playing ? words.pause : words.play);
  }

  time() {
    const { t, steps } = this.stage;
    const { count, text } = this.told(this.stage);
    this.scrub.max = steps;
    this.scrub.value = Math.floor(t);
    this.scrub.setAttribute("aria-valuetext", text);
    this.count.innerHTML = count;
  }
}

function stepOf({ t, steps, words }) {
  return { count: `<b>${Math.floor(t)}</b> / ${steps}`, text: `${words.step} ${Math.floor(t)}` };
}
