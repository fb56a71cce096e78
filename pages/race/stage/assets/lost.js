// Whether the server is there, as Streamlit's own page tells it.
const GRACE = 1500; // milliseconds in which a connection may come back without a word

/** Shows `line` for as long as there is no connection. Returns what ends the watch. */
export function watchLink(line) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return () => {};
  let timer = null;
  const look = () => {
    clearTimeout(timer);
    const { testConnectionState: state } = app.dataset;
    if (!state || state === "CONNECTED") line.hidden = true;
    else timer = setTimeout(() => (line.hidden = false), GRACE);
  };
  const observer = new MutationObserver(look);
  observer.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
  look();
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
}
