// The graph as SVG: boxes in columns, edges that run level for as long as a number is wide, and then bend.
const SVG = "http://www.w3.org/2000/svg";
const ROW = 38; // between two rows: a number over an edge and one under it
const SIGN = 28; // a node with one sign in it
const DOT = 9; // where a value is copied
const BEND = 26; // across, in which an edge changes its row
const GAP = 7; // beside a number
const MARGIN = 10;
const LONG = 100; // of a name that stands in one line
const LETTER = 13; // how wide the letter of a formula may be
const INDEX = 6.5; // how wide a letter below or above another is
const FONT = "13px";
const MATHS = new Set(["input", "weight", "bias", "target"]);

export const shape = (name, attributes = {}, ...children) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const pen = document.createElement("canvas").getContext("2d");
const widthOf = (text, font, family) => {
  pen.font = `${font} ${family}`;
  return pen.measureText(text).width;
};

/** A short name of one letter, with what stands below and above it: as formulas are set. */
const indexed = (name) => /^(\p{L})(?:_(\w+))?(?:\^(\w+))?$/u.exec(name);

/** What a node is called where a name is read out. */
export const spoken = (name) => name.replace("_", " ").replace("^", " · ");

/** A long name in two lines of about the same length. */
function linesOf(name, family) {
  const parts = name.split(" ");
  if (parts.length < 2 || widthOf(name, FONT, family) <= LONG) return [name];
  const cut = (k) => [parts.slice(0, k).join(" "), parts.slice(k).join(" ")];
  const longest = (lines) => Math.max(...lines.map((line) => line.length));
  return parts.slice(1).map((_, k) => cut(k + 1)).reduce((best, lines) => (longest(lines) < longest(best) ? lines : best));
}

/** How wide the box of a node is. */
function boxOf(node, family) {
  if (node.kind === "copy") return DOT;
  if (!node.given && node.name.length === 1) return SIGN;
  const maths = indexed(node.name);
  if (!maths) return Math.max(SIGN, ...linesOf(node.name, family).map((line) => widthOf(line, FONT, family) + 18));
  return Math.max(SIGN, 12 + LETTER + INDEX * Math.max(maths[2]?.length ?? 0, maths[3]?.length ?? 0));
}

/**
 * Draw nodes and edges; the elements of both, and how large it is. room: how wide it may become. Columns are as wide as their
 * numbers need, and share what is left.
 */
export function drawn({ nodes, edges, result }, family, room) {
  const columns = Math.max(...nodes.map((node) => node.column)) + 1;
  const rows = Math.max(...nodes.map((node) => node.row), ...edges.map((edge) => edge.row ?? 0)) + 1;
  const boxes = nodes.map((node) => boxOf(node, family));
  const labelled = (edge) => (edge.to === null ? columns : nodes[edge.to].column) - 1; // beside which column its numbers stand
  const half = Array.from({ length: columns }, (_, c) => Math.max(0, ...boxes.filter((_, i) => nodes[i].column === c)) / 2);
  const labels = new Array(columns).fill(0);
  for (const edge of edges) {
    const widths = [edge.value, edge.gradient].filter(Boolean).map(([text]) => widthOf(text, `bold ${FONT}`, family));
    labels[labelled(edge)] = Math.max(labels[labelled(edge)], ...widths);
  }
  const needs = labels.map((label, c) => half[c] + (label ? GAP + label + GAP + BEND : BEND * 1.8) + (half[c + 1] ?? 0));
  const whole = needs.reduce((sum, need) => sum + need, 0);
  const last = widthOf(result, "bold 14px", family) + 2 * MARGIN - BEND;
  const natural = half[0] + whole + last + 2 * MARGIN;
  const spare = Math.min(Math.max((room - natural) / columns, 0), 70);
  const x = [MARGIN + half[0]];
  needs.forEach((need, c) => x.push(x[c] + need + spare));
  const width = x[columns] + last + MARGIN;
  const y = (row) => MARGIN + ROW * (row + 0.5);
  const height = 2 * MARGIN + ROW * rows;
  const at = (c) => x[c] + half[c] + GAP + labels[c] / 2 + spare * 0.3; // the middle of the numbers beside a column

  const lines = edges.map((edge) => {
    const source = nodes[edge.from];
    const from = [x[source.column] + boxes[edge.from] / 2, y(source.row)];
    const target = edge.to === null ? null : nodes[edge.to];
    const to = target ? [x[target.column] - boxes[edge.to] / 2, y(target.row)] : [x[columns] - BEND, from[1]];
    const c = labelled(edge);
    const level = edge.row === null ? from[1] : y(edge.row);
    const [begins, ends] = [at(c) - labels[c] / 2 - GAP, at(c) + labels[c] / 2 + GAP];
    const clear = Math.min(begins, x[c] - half[c] - 3); // of the boxes that stand between
    const bend = ([x0, y0], [x1, y1]) => (y0 === y1 ? `H${x1}` : `C${(x0 + x1) / 2},${y0} ${(x0 + x1) / 2},${y1} ${x1},${y1}`);
    const first = level === from[1] ? "" : bend(from, [clear, level]);
    const path = `M${from}${first}H${ends}${bend([ends, level], to)}`;
    const number = (what, name, dy) => shape("text", { class: `dl-${name}`, x: at(c), y: level + dy }, what ? what[0] : "");
    return shape("g", { class: "dl-edge" }, shape("path", { d: path }), shape("path", { class: "dl-reach", d: path }),
      number(edge.value, "value", -5), number(edge.gradient, "slope", 15));
  });
  const marks = nodes.map((node, i) => {
    const [cx, cy, w] = [x[node.column], y(node.row), boxes[i]];
    const written = linesOf(node.name, family);
    const h = node.kind === "copy" ? DOT : written.length > 1 ? 40 : node.given ? 26 : SIGN;
    const sign = node.name.length === 1 && !node.given;
    const maths = node.given && MATHS.has(node.kind) && indexed(node.name);
    const kinds = ["dl-node", node.given ? "dl-leaf" : "dl-does", node.kind === "copy" ? "dl-copy" : "", maths ? "dl-maths" : ""];
    const box = { x: cx - w / 2, y: cy - h / 2, width: w, height: h, rx: node.given ? 5 : SIGN / 2 };
    const line = (text, k) => shape("text", { x: cx, y: cy + (sign ? 6.5 : 4.5) + 16 * (k - (written.length - 1) / 2), class: sign ? "dl-sign" : "" }, text);
    const letters = node.kind === "copy" ? [] : maths ? [formula(maths, cx, cy)] : written.map(line);
    return shape("g", { class: kinds.join(" ").trim() }, shape("rect", box), ...letters);
  });
  const end = shape("text", { class: "dl-result", x: x[columns] - BEND + 7, y: y(nodes.at(-1).row) + 5 }, result);
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" }, ...lines, ...marks, end);
  return { svg, lines, marks, width, height, natural, x: nodes.map((node) => x[node.column]), y: nodes.map((node) => y(node.row)) };
}

/** A letter with an index below and one above, at the same place. */
function formula([, letter, below = "", above = ""], x, y) {
  const wide = INDEX * Math.max(below.length, above.length);
  const put = (text, dx, dy, name) => shape("tspan", { x: x + dx, y: y + dy, class: name }, text);
  const narrow = letter === "w" ? LETTER : LETTER - 4;
  const [left, right] = [-(narrow + wide) / 2, (narrow - wide) / 2];
  const indices = [[below, 9], [above, -3]].filter(([text]) => text).map(([text, dy]) => put(text, right, dy, "dl-index"));
  return shape("text", {}, put(letter, left, 5, ""), ...indices);
}
