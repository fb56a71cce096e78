// One runner's panel: what its network makes of the data at this moment, under a line that says how well it does.
import { fill, number, swatch } from "../descent-lab.canvas/draw.js";
import { byPointer } from "../descent-lab.canvas/keys.js";
import { Confusion } from "./confusion.js";
import { Decision } from "./decision.js";
import { Fitted } from "./fitted.js";
import { element, write } from "./made.js";

export const TITLE = 44; // pixels over the picture, as in the style sheet

const NARROW = 168; // pixels: below, the numbers stand alone

export class Panel {
  constructor(parent, film) {
    this.film = film;
    this.root = parent.appendChild(element("div", "dl-panel"));
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "button");
    this.label = element("b", "dl-name");
    this.now = element("span", "dl-now");
    this.root.append(element("div", "dl-title", this.label, this.now));
    this.view = this.root.appendChild(element("div", "dl-picture"));
    this.sentence = this.root.appendChild(element("p", "dl-sentence"));
    this.root.addEventListener("click", (event) => {
      if (event.detail) this.root.blur();
      this.chosen();
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && (event.key !== " " || byPointer())) return;
      event.preventDefault();
      this.chosen();
    });
  }

  chosen() {
    if (this.runner) this.film.choose(this.runner.index);
  }

  /** Take a runner; null for the empty panel on which the first points are placed. */
  receive(runner) {
    const { film } = this;
    this.runner = runner;
    const Kind = film.data.images ? Confusion : film.network.kind === "regression" ? Fitted : Decision;
    if (!(this.picture instanceof Kind)) {
      const place = element("div", "dl-picture"); // another one: what the old picture listened to is gone with it
      this.view.replaceWith(place);
      this.view = place;
      this.picture = new Kind(this.view, film, this);
    }
    this.label.innerHTML = runner ? swatch(runner) : "";
    this.label.append(runner?.label ?? "");
    this.label.title = runner?.label ?? "";
    this.root.setAttribute("aria-pressed", runner !== null && runner.index === film.chosen);
    this.root.classList.toggle("dl-chosen", runner !== null && runner.index === film.chosen && film.shown.length > 1);
    this.picture.receive(runner);
    this.told = null;
    if (!runner) {
      const { words } = film;
      write(this.now, film.classes.hidden ? words.film_own : words.film_own_touch);
    }
  }

  /** Draw it at the time of the film. fine: there is time to draw it as it deserves. */
  draw(fine) {
    const { film, runner } = this;
    const exploded = Boolean(runner) && runner.ended !== null && film.m >= runner.end;
    const there = this.picture.draw(fine);
    const sentence = exploded ? fill(film.words.film_exploded, { step: runner.ended }) : runner && there === "waits" ? film.words.film_waits : "";
    write(this.sentence, sentence);
    this.root.classList.toggle("dl-ended", exploded);
    if (runner) this.tell();
  }

  /** Loss and accuracy at this moment. */
  tell() {
    const { film, runner } = this;
    const narrow = this.view.clientWidth < NARROW;
    if (this.told === `${film.m} ${narrow}`) return;
    this.told = `${film.m} ${narrow}`;
    const { words } = film;
    if (runner.ended !== null && film.m >= runner.end) return write(this.now, narrow ? "∞" : film.ending(runner));
    const [now, seen, unseen] = ["loss", "accuracy", "val_accuracy"].map((what) => film.value(runner, what));
    const [loss, share] = [Number.isFinite(now) ? number(now) : words.film_large, unseen ?? seen];
    const alone = share === null || Number.isNaN(share);
    const sentence = alone ? words.film_now_loss : unseen === null ? words.film_now : words.film_now_val;
    const told = fill(sentence, { loss, accuracy: percent(share) });
    write(this.now, narrow ? [loss, ...(alone ? [] : [`${percent(share)} %`])].join(" · ") : told);
  }
}

export const percent = (share) => (Number.isFinite(share) ? (100 * share).toFixed(share > 0 && share < 1 ? 1 : 0) : "–");
