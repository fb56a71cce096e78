// What a picture has that is played: time, its keys, and the buttons of the bar that are the same everywhere.
//
// A picture has `root`, `transport`, `reporter`, `note`, `words`, `header`, and `steps`, the end of its time `t`. It says how fast
// it goes (`rate`, in steps a second), draws itself in `go(t)`, reports where one looks in `reportView()`, and may add keys
// (`acts`), refuse to begin (`ready`), or know of more that has to be answered before a link is whole (`unrest`).
import { taken } from "./keys.js";

const LONGEST = 250; // milliseconds that one picture may stand for: a busy browser slows down instead of leaping
const SETTLE = 250; // milliseconds after the last change of view before it is reported

export class Player {
  t = 0;
  steps = 0;
  speed = 1;
  playing = false;

  get ready() {
    return Boolean(this.header);
  }

  get unrest() {
    return this.settling || this.reporter.busy || this.reporter.waiting;
  }

  step(by) {
    this.pause();
    this.go(Math.floor(this.t) + by);
  }

  toggle() {
    if (this.playing) {
      this.pause();
      this.go(Math.floor(this.t));
    } else this.begin();
  }

  replay() {
    this.t = 0;
    this.begin();
  }

  begin() {
    if (!this.ready) return;
    if (this.t >= this.steps) this.t = 0;
    cancelAnimationFrame(this.frame);
    this.playing = true;
    this.transport.playing();
    let last = performance.now();
    const tick = (now) => {
      if (!this.playing) return;
      const passed = Math.min(Math.max(now - last, 0), LONGEST) / 1000;
      const t = Math.min(this.steps, this.t + passed * this.rate);
      last = now;
      if (t >= this.steps) this.pause();
      this.go(t);
      if (this.playing) this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.transport.playing();
  }

  /** The view has changed: report it once it has come to rest. */
  viewed() {
    this.settled();
    this.settling = setTimeout(() => {
      this.settled();
      if (!this.playing) this.reportView();
    }, SETTLE);
  }

  /** It need not be waited for any more. */
  settled() {
    clearTimeout(this.settling);
    this.settling = null;
  }

  /** Copy a link to the picture, once the server knows what it shows. */
  async copyLink() {
    this.pause();
    this.reportView();
    const until = performance.now() + 2000;
    while (this.unrest && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 30));
    if (!this.header.link) return this.say(this.words.copy_long);
    try {
      await navigator.clipboard.writeText(`${location.origin}${location.pathname}?${this.header.link}`);
      this.say(this.words.copied);
    } catch {
      this.say(this.words.copy_failed);
    }
  }

  /** A word about what was done, for a moment. */
  say(words) {
    this.note.textContent = words;
    this.note.classList.add("dl-on");
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.note.classList.remove("dl-on"), 1800);
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  /** What the keys do. far: steps at once. */
  acts(event, far) {
    return {
      ArrowLeft: () => this.step(-far),
      ArrowRight: () => this.step(far),
      Home: () => this.step(-Infinity),
      End: () => this.step(Infinity),
      r: () => this.replay(),
      R: () => this.replay(),
      " ": () => this.toggle(),
    }[event.key];
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.header || !this.root.isConnected) return;
    if (event.target !== this.transport.scrub && taken(event)) return; // the scrub bar shows what the keys do
    const act = this.acts(event, event.shiftKey ? 10 : 1);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Streamlit reruns the page on R
    act();
  }
}

/** The number, from 0 on, of the runner that a digit key stands for; -1 for any other key. */
export const runnerOf = (event, count) => {
  const digit = /^Digit([1-9])$/.exec(event.code);
  return digit && Number(digit[1]) <= count ? Number(digit[1]) - 1 : -1;
};
