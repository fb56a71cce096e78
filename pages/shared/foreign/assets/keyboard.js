// For those who have no pointer, where Streamlit leaves them alone: past everything to the picture, into what is folded
// out, which stands at the end of the document, and back, and on from what an act has taken away.
import { byPointer } from "../descent-lab.canvas/keys.js";

const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]";
const PICTURE = ".dl-stage, .dl-step-map, .dl-field, .dl-film, .dl-graph, .stPlotlyChart"; // the first of them on a page is what it is about
const SKIP = "[data-testid=stSkipToContent]";
const OPENED = "[data-testid=stPopoverButton][aria-expanded=true]";
const POPOVER = "[data-testid=stPopoverBody]";
const EXPAND = "[data-testid=stExpandSidebarButton]";
const COLLAPSE = "[data-testid=stSidebarCollapseButton] button";
const PROGRAM = ".stCode:has(pre)";
const FORMULA = ".katex-display";
const REDRAWN = 150; // milliseconds in which what was taken away may come anew

const inUse = (element) => element.isConnected && !element.disabled;
// While the focus is outside of a popover, its stops are none, and hold in data-tabindex what they are.
const isStop = (element) => element.tabIndex >= 0 || "tabindex" in element.dataset;
const reached = (element) =>
  inUse(element) && isStop(element) && !element.closest("[inert]") && element.checkVisibility({ visibilityProperty: true });
const stops = (root) => [...root.querySelectorAll(STOPS)].filter(reached);
/** What Tab reaches after an element of the page, popovers aside. */
const next = (element) =>
  stops(document).find((stop) => element.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING && !stop.closest(POPOVER));

let held = null; // what has the focus, and what else may have it when it is gone

document.addEventListener("keydown", pass, true);
document.addEventListener("click", skip, true);
document.addEventListener("focusin", hold);
document.addEventListener("focusout", release);
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => wide(target)));
document.fonts.addEventListener("loadingdone", () => document.querySelectorAll(FORMULA).forEach(wide));
arrived(document.body);
new MutationObserver((records) => {
  for (const { addedNodes } of records) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) arrived(node);
  if (held && !inUse(held.element)) recover(held);
}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });

function arrived(node) {
  for (const frame of [node.closest(PROGRAM), ...node.querySelectorAll(PROGRAM)]) if (frame) scrolled(frame);
  for (const formula of node.querySelectorAll(FORMULA)) sizes.observe(formula);
}

/** The keys are for what scrolls: Streamlit gives them to the frame around a program. */
function scrolled(frame) {
  frame.tabIndex = -1;
  frame.querySelector("pre").tabIndex = 0;
}

/** A formula that is wider than its column is moved by keys too. */
function wide(formula) {
  if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
  else formula.removeAttribute("tabindex");
}

/** Tab passes from the button of an open popover into it, and out of its ends back to where the button stands. */
function pass(event) {
  const [button, body] = [document.querySelector(OPENED), document.querySelector(POPOVER)];
  if (event.key !== "Tab" || !button || !body) return;
  const [inside, here] = [stops(body), document.activeElement];
  const to =
    event.shiftKey ? here === inside[0] && button
    : here === button ? inside[0]
    : here === inside.at(-1) && next(button);
  if (!to) return;
  event.preventDefault();
  to.focus();
}

/** Streamlit's link passes the navigation; the settings above the picture are passed too, where there is a picture. */
function skip(event) {
  const picture = event.target.closest?.(SKIP) && document.querySelector(PICTURE);
  if (!picture) return;
  event.preventDefault();
  event.stopPropagation();
  if (!picture.hasAttribute("tabindex")) picture.tabIndex = -1;
  picture.focus();
}

function hold({ target }) {
  const all = [...document.querySelectorAll(STOPS)];
  const at = all.indexOf(target);
  held = {
    element: target,
    key: keyOf(target),
    opener: target.closest(POPOVER) && document.querySelector(OPENED),
    others: [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0)).reverse()],
    sidebar: target.matches(EXPAND) ? COLLAPSE : target.matches(COLLAPSE) ? EXPAND : null,
  };
}

/** Who has pressed beside everything holds nothing any more; who has lost what was held gets something else. */
function release({ target, relatedTarget }) {
  if (relatedTarget) return;
  const mine = held;
  queueMicrotask(() => held === mine && inUse(target) && document.hasFocus() && (held = null));
}

/** Without a server all of Streamlit's widgets are switched off until it is back. */
const severed = () => document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState !== "CONNECTED";

/** The class by which an element is known to Streamlit, even when it is made anew. */
function keyOf(element) {
  const around = element.closest("[class*=st-key-]");
  return around ? [...around.classList].find((name) => name.startsWith("st-key-")) : null;
}

function recover(lost) {
  if (lost.waits || byPointer()) return;
  lost.waits = true;
  setTimeout(() => {
    lost.waits = false;
    if (held !== lost || inUse(lost.element) || document.activeElement !== document.body || severed()) return;
    const anew = lost.key ? stops(document).find((stop) => keyOf(stop) === lost.key) : null;
    const turned = lost.sidebar && document.querySelector(lost.sidebar);
    const to = [anew, turned, lost.opener, ...lost.others].find((element) => element && reached(element));
    to?.focus();
  }, REDRAWN);
}
