// A picture outlives being taken down for a moment.
const PATIENCE = 1000; // milliseconds that it waits to be mounted again

/** Count what a picture is still taking in: for whoever waits for it. */
const takes = (root, by) => (root.dataset.takes = Number(root.dataset.takes ?? 0) + by);

/**
 * The mount function of a component: `make(root)` draws into the element that `selector` finds.
 *
 * When runs follow fast on a busy server, Streamlit takes components down and mounts them anew at once, in the same
 * element or another. The picture is then moved there with its graphs, its camera and its place in time. It needs
 * `reporter`, `receive(data)` and `leave()`, and must not draw while its root is out of the page.
 */
export function kept(selector, make) {
  const living = new WeakMap();
  let parked = null;

  const end = () => {
    clearTimeout(parked?.timer);
    parked?.picture.leave();
    parked = null;
  };
  /** Put what waits in the place of an empty root. */
  const claim = (root) => {
    if (!parked) return null;
    const { picture, root: own, timer } = parked;
    clearTimeout(timer);
    parked = null;
    if (own !== root) root.replaceWith(own);
    living.set(own, picture);
    return picture;
  };

  return ({ data, parentElement, setTriggerValue }) => {
    const found = parentElement.querySelector(selector);
    let picture = living.get(found) ?? claim(found);
    if (!picture) living.set(found, (picture = make(found)));
    const root = parentElement.querySelector(selector);
    picture.reporter.connect((act) => setTriggerValue("act", act));
    takes(root, 1);
    Promise.resolve(picture.receive(data)).finally(() => takes(root, -1));
    return () => {
      if (living.get(root) !== picture) return; // lives on elsewhere
      living.delete(root);
      end();
      parked = { picture, root, timer: setTimeout(end, PATIENCE) };
    };
  };
}
