// On paper a picture keeps the size that it was drawn in on the screen, and is made as small as the page.
const PAGE = 690; // CSS pixels between the margins of A4, upright

/** Note the sizes of a picture and of what is drawn in it; paper.css uses them. */
export function keepForPaper(box, parts) {
  if (matchMedia("print").matches || !box.clientWidth) return;
  const pixels = (element, name, value) => element.style.setProperty(name, `${value}px`);
  box.classList.add("dl-on-paper");
  pixels(box, "--dl-across", box.clientWidth);
  box.style.setProperty("--dl-shrink", Math.min(1, PAGE / box.clientWidth).toFixed(3));
  for (const part of parts) {
    part.classList.add("dl-drawn-in");
    pixels(part, "--dl-across", part.clientWidth);
    pixels(part, "--dl-down", part.clientHeight);
  }
}
