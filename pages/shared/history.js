// One step of the browser's history is one act of the visitor. Streamlit makes a step of every address that a page
// writes; here those that the page writes by itself, on arrival, and those that only look at the scene from elsewhere,
// take the place of the step before. looks: the parameters that say from where, or in which language.
(looks) => {
  if (history.descentLab) return; // this script is read by every page, and in every session of the tab
  history.descentLab = true;
  const push = history.pushState.bind(history);
  let acted = false;
  const act = () => (acted = true);
  for (const kind of ["pointerdown", "keydown", "click", "input"]) window.addEventListener(kind, act, true);
  const shown = (url) => {
    const { pathname, searchParams } = new URL(url, location.href);
    for (const name of looks) searchParams.delete(name);
    return `${pathname}?${searchParams}`;
  };
  history.pushState = (state, title, url) => {
    const same = shown(url) === shown(location.href);
    if (same || !acted) return history.replaceState(state, title, url);
    acted = false;
    push(state, title, url);
  };
}
