// Exchanges what Streamlit says by itself for our words, now and whenever React writes it anew.
import { dismiss } from "../descent-lab.canvas/dialog.js";
import "./keyboard.js";
import { whenBack } from "./link.js";

const ATTRIBUTES = ["aria-label", "title", "placeholder"];
const NAMED = ATTRIBUTES.map((name) => `[${name}]`).join(",");
// Where a text is Streamlit's own: elsewhere the same word may be the page's.
const PLACES = "[data-testid=stTopNavSection], [data-testid=stSkipToContent], [data-testid=stMainMenuList], [data-testid=InputInstructions], [role=listbox]";
const WIDGET = "[data-testid=stSelectbox], [data-testid=stNumberInput], [data-testid=stTextInput]";

const NOT_FOUND = "Page not found";

const kept = new WeakMap(); // node -> { attribute or "text": [what Streamlit said, what we made of it] }
let rules = [];
let watch = null;

export default function mount({ data: [language, pairs], setTriggerValue }) {
  document.documentElement.lang = language;
  rules = pairs.map(([theirs, ours]) => [pattern(theirs), ours]);
  watch ??= new MutationObserver(heard);
  exchange(document.body);
  watch.observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: [...ATTRIBUTES, "aria-labelledby"],
  });
  const unlink = whenBack(() => setTriggerValue("back", true));
  return () => {
    watch.disconnect();
    unlink();
  };
}

/** "{number} more" as an expression that finds it, with its placeholders as named groups. */
function pattern(theirs) {
  const escaped = theirs.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{(\w+)\}/g, "(?<$1>.+)")}$`, "s");
}

function heard(records) {
  for (const { type, target, addedNodes } of records) {
    if (type === "childList") for (const node of addedNodes) exchange(node);
    else if (type === "attributes") names(target);
    else text(target);
  }
}

/**
 * Streamlit tells whoever wakes the server that the page is not found: it looks before app.py has named its pages. Every
 * address has a page (lost.py sees to that), so this is never so, and would lie over the page that has come.
 */
const untrue = (node) => dismiss(node, NOT_FOUND);

/** Everything below a node that has just come. */
function exchange(node) {
  if (node.nodeType === Node.TEXT_NODE) return text(node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.tagName === "STYLE") return;
  untrue(node);
  names(node);
  for (const inner of node.querySelectorAll(NAMED)) names(inner);
  const places = node.closest(PLACES) ? [node] : node.querySelectorAll(PLACES);
  for (const place of places) {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) text(texts.currentNode);
  }
}

function names(element) {
  for (const attribute of ATTRIBUTES) {
    const now = element.getAttribute(attribute);
    if (now) put(element, attribute, now, (ours) => element.setAttribute(attribute, ours));
  }
  once(element);
}

function text(node) {
  if (node.data.trim() && node.parentElement?.closest(PLACES)) put(node, "text", node.data, (ours) => (node.data = ours));
}

/** Say a word in our language, whatever language it was said in before. */
function put(node, where, now, set) {
  const before = kept.get(node) ?? kept.set(node, {}).get(node);
  const theirs = before[where]?.[1] === now ? before[where][0] : now;
  const ours = translated(theirs, node);
  if (ours === null) return;
  before[where] = [theirs, ours];
  if (ours !== now) set(ours);
}

function translated(theirs, node) {
  for (const [expression, ours] of rules) {
    const found = expression.exec(theirs);
    if (found) return ours.replace(/\{(\w+)\}/g, (_, name) => found.groups?.[name] ?? nameAround(node)).trim();
  }
  return null;
}

/** What the widget is called that a button stands in. */
function nameAround(node) {
  return node.closest?.(WIDGET)?.querySelector("input")?.getAttribute("aria-label") ?? "";
}

/** A slider is labelled by itself and by its group, which are called the same; once is enough. */
function once(element) {
  const by = element.getAttribute("aria-labelledby");
  if (element.type === "range" && element.getAttribute("aria-label") && by?.split(/\s+/).includes(element.id)) {
    element.removeAttribute("aria-labelledby");
  }
}
