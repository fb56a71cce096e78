/** Shows HTML whose links are reported to Python; with a key held down they are ordinary links. */
export default function show({ data: [html], parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".links");
  if (box.shown !== html) {
    box.innerHTML = html;
    box.shown = html;
    reveal(box, box.querySelector("[aria-current]"));
  }
  box.onclick = (event) => {
    const link = event.target.closest("a[data-name]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    setTriggerValue("picked", link.dataset.name);
  };
}

/** Scroll the box alone, not the page, until the current link is in sight. */
function reveal(box, link) {
  if (!link) return;
  const [outer, inner] = [box.getBoundingClientRect(), link.getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) {
    box.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }
}
