// Whether the server is there, as Streamlit's own page tells it.
import { dismiss } from "../descent-lab.canvas/dialog.js";

const GRACE = 1500; // milliseconds in which a connection may come back without a word
const THEIRS = "Connection error"; // Streamlit's word for it: a dialog, under which nothing answers any more

/**
 * Shows `line` for as long as there is no connection, and calls `changed` when it comes or goes. Returns what ends the
 * watch.
 */
export function watchLink(line, changed) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return () => {};
  let timer = null;
  const show = (lost) => {
    if (line.hidden !== lost) return;
    line.hidden = !lost;
    changed();
  };
  const look = () => {
    clearTimeout(timer);
    const { testConnectionState: state } = app.dataset;
    if (!state || state === "CONNECTED") show(false);
    else timer = setTimeout(show, GRACE, true);
  };
  const link = new MutationObserver(look);
  link.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
  const close = (node) => dismiss(node, THEIRS); // the line says it, and the picture goes on answering
  const dialogs = new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(close)));
  dialogs.observe(document.body, { childList: true });
  look();
  return () => {
    clearTimeout(timer);
    link.disconnect();
    dialogs.disconnect();
  };
}
