// What became of every runner, under the views. Sortable; the first number follows the shown step.
import { number, swatch } from "../descent-lab.canvas/draw.js";

const COLUMNS = [
  { key: "runner", of: (r) => r.label },
  { key: "now", of: (r, stage) => stage.lossAt(r), numeric: true },
  { key: "final", of: (r) => r.final, numeric: true },
  { key: "arrived_in", of: (r) => r.arrived, numeric: true },
  { key: "which", of: (r) => r.minimum?.[0] ?? null, text: (r) => (r.minimum ? `(${r.minimum.map(number).join(", ")})` : "–") },
  { key: "outcome", of: (r) => r.verdict },
];

export class Table {
  constructor(box, stage) {
    this.box = box;
    this.stage = stage;
    this.sorted = null; // [column, direction]
  }

  rows() {
    const rows = this.stage.runners.map((runner, i) => ({ runner, i }));
    if (!this.sorted) return rows;
    const [column, direction] = this.sorted;
    const value = ({ runner }) => column.of(runner, this.stage);
    const last = (v) => v === null || Number.isNaN(v);
    return rows.sort((a, b) => {
      const [p, q] = [value(a), value(b)];
      if (last(p) || last(q)) return last(p) - last(q);
      return direction * (typeof p === "string" ? p.localeCompare(q) : p - q);
    });
  }

  draw() {
    const { words } = this.stage;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const column of COLUMNS) {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (column.numeric) cell.className = "dl-number";
      const sort = cell.appendChild(document.createElement("button"));
      sort.type = "button";
      const found = column.key === "which" && this.stage.header.surface.found;
      sort.textContent = words[found ? "which_found" : column.key];
      sort.addEventListener("click", () => this.sort(column));
      if (this.sorted?.[0] === column) cell.setAttribute("aria-sort", this.sorted[1] > 0 ? "ascending" : "descending");
      head.append(cell);
    }
    const body = table.createTBody();
    this.cells = [];
    for (const { runner, i } of this.rows()) {
      const row = body.insertRow();
      row.className = runner.shown ? "" : "dl-off";
      for (const column of COLUMNS) {
        const cell = row.insertCell();
        if (column.numeric) cell.className = "dl-number";
        if (column.key === "runner") cell.innerHTML = `${swatch(runner)} `;
        cell.append(said(column, runner, this.stage));
        this.cells.push([cell, column, i]);
      }
    }
    this.box.replaceChildren(table);
  }

  /** Other numbers in the same rows: while something is held nobody changes places. */
  follow() {
    for (const [cell, column, i] of this.cells) {
      const runner = this.stage.runners[i];
      if (column.key !== "runner" && runner) cell.textContent = said(column, runner, this.stage);
    }
  }

  sort(column) {
    const [old, direction] = this.sorted ?? [];
    this.sorted = old !== column ? [column, 1] : direction > 0 ? [column, -1] : null;
    this.draw();
    const index = COLUMNS.indexOf(column);
    this.box.querySelectorAll("th button")[index].focus();
  }

  time() {
    for (const [cell, column, i] of this.cells ?? []) {
      if (column.key === "now" && this.stage.runners[i]) cell.textContent = said(column, this.stage.runners[i], this.stage);
    }
  }
}

/** A cell in words. */
function said(column, runner, stage) {
  if (column.text) return column.text(runner);
  const value = column.of(runner, stage);
  return column.numeric ? number(value) : value;
}
