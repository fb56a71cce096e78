// A canvas that fills a box.

/** The canvas of this name in a box; its context, cleared, in CSS pixels, sharp on every screen. */
export function canvasIn(box, name = "dl-ink") {
  const canvas = layerIn(box, name);
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [box.clientWidth, box.clientHeight];
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

/** The canvas itself, which is made when it is first asked for. */
export const layerIn = (box, name) =>
  box.querySelector(`canvas.${name}`) ?? box.appendChild(Object.assign(document.createElement("canvas"), { className: name }));
