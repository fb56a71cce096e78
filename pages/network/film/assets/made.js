// Elements, made in one line.
export const element = (name, className = "", ...children) => {
  const made = Object.assign(document.createElement(name), { className });
  made.append(...children);
  return made;
};

/** Write a text only where it has changed: a film writes many, sixty times a second. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
