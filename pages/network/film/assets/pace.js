// How fine the maps are while the film plays: as fine as the time of one picture allows. Where that is not enough for all
// panels of a large network they take turns.
const BUDGET = 4.5; // milliseconds of computing for the maps of one picture
const SIZES = [12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96];
const ROUGH = 24; // below this, panels rather take turns
const TURNS = 4;
const CALM = 30; // pictures after a change in which another waits

export class Pace {
  constructor() {
    this.reset();
  }

  reset() {
    this.size = SIZES.indexOf(40);
    this.turns = 1; // pictures in which every panel is drawn once
    this.picture = 0;
    this.cost = null; // milliseconds that the maps took, of late
    this.waited = 0;
  }

  get across() {
    return SIZES[this.size];
  }

  /** Whether it is the turn of a panel. */
  turn(i) {
    return i % this.turns === this.picture % this.turns;
  }

  /** The maps of a picture took so long. */
  took(milliseconds) {
    this.cost = this.cost === null ? milliseconds : 0.85 * this.cost + 0.15 * milliseconds;
    this.picture += 1;
    if (++this.waited < CALM) return;
    const { turns } = this;
    const next = (SIZES[this.size + 1] / this.across) ** 2;
    if (this.cost > 1.25 * BUDGET) {
      if (this.across > ROUGH) this.change(-1);
      else if (turns < TURNS) this.share(turns + 1);
      else if (this.size > 0) this.change(-1);
    } else if (turns > 1) {
      if ((this.cost * turns) / (turns - 1) < BUDGET) this.share(turns - 1);
    } else if (this.cost * next < BUDGET && this.size < SIZES.length - 1) this.change(1);
  }

  share(turns) {
    this.cost *= this.turns / turns;
    this.turns = turns;
    this.waited = 0;
  }

  change(by) {
    const before = this.across;
    this.size += by;
    this.cost *= (this.across / before) ** 2;
    this.waited = 0;
  }
}
