// Streamlit's own dialogs.

/** Close the dialog with this title, if a node that has come into the page holds it or belongs to it. */
export function dismiss(node, title) {
  const heading = node.querySelector?.("[role=dialog] h2") ?? node.closest?.("[role=dialog]")?.querySelector("h2");
  if (heading?.textContent === title) heading.closest("[role=dialog]").querySelector("button")?.click();
}
