// A side of a chart whose values stand in even rows, whatever they are.

export class Rows {
  /** ticks: [share, label], the most important first. */
  constructor({ values, ticks }) {
    this.values = values;
    this.told = ticks;
  }

  /** As those of a Scale: the labels that have room on so many pixels. */
  ticks(pixels, room) {
    const kept = [];
    return this.told.map(([share, label]) => {
      const free = kept.every((other) => Math.abs(other - share) * pixels >= Math.min(room, 20));
      if (free) kept.push(share);
      return [share, free ? label : ""];
    });
  }
}
