// A link that comes back may lead to another server, or to the same one started anew, which knows nothing of this page.
// Streamlit waits for the visitor to act, and that act is lost: a moved slider is taken for how the page begins, and a
// part of the page that asks for itself is not found. So the whole page is asked for before anything is done on it.
const CONNECTED = "CONNECTED"; // as Streamlit tells it on the page

let link = null;
let lost = false;
let ask = () => {};

/** From now on, `act` is called when the link has come back. Returns what ends the watch. */
export function whenBack(act) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return () => {};
  ask = act;
  link ??= new MutationObserver(() => look(app));
  link.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
  return () => link.disconnect();
}

function look(app) {
  const back = lost && app.dataset.testConnectionState === CONNECTED;
  lost = app.dataset.testConnectionState !== CONNECTED;
  if (back) ask();
}
