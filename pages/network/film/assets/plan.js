// Where the neurons of a drawn network stand.
const MOST = 12; // neurons that are drawn of a layer
const LARGEST = 44; // pixels of a neuron
const HEAD = 22; // pixels of the names of the layers above
const FOOT = 44; // and of what is said below

export class Plan {
  constructor(width, height, { network, data }) {
    const { sizes } = network;
    const room = height - HEAD - FOOT;
    const shownOf = (l) => (l === 0 && data.images ? 1 : Math.min(sizes[l], MOST));
    const most = Math.max(...sizes.map((_, l) => shownOf(l)));
    this.gap = width / sizes.length;
    this.side = Math.max(8, Math.min(LARGEST, room / most - 5, this.gap * 0.5));
    this.layers = sizes.map((count, l) => {
      const shown = shownOf(l);
      const large = l === 0 && data.images ? Math.min(64, this.gap * 0.7) : this.side;
      const apart = Math.min(room / shown, large * 1.75);
      const first = HEAD + room / 2 - (apart * (shown - 1)) / 2;
      const y = (j) => first + j * apart;
      return { count, shown, x: this.gap * (l + 0.5), y, half: large / 2, foot: y(shown - 1) + large / 2 };
    });
  }
}
