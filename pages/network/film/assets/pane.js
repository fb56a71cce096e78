// The pane beside the panels: tabs, of which one is shown.
import { byPointer } from "../descent-lab.canvas/keys.js";
import { Curves } from "./curves.js";
import { Images } from "./images.js";
import { Landscape } from "./landscape.js";
import { Layers } from "./layers.js";
import { element } from "./made.js";
import { Wiring } from "./wiring.js";

const KINDS = { curves: Curves, network: Wiring, layers: Layers, landscape: Landscape, images: Images };

export class Pane {
  constructor(root, film) {
    Object.assign(this, { root, film });
    this.list = root.appendChild(element("div", "dl-tabs"));
    this.list.setAttribute("role", "tablist");
    this.tabs = {};
    this.sheets = {};
    for (const [key, Kind] of Object.entries(KINDS)) {
      const tab = this.list.appendChild(element("button"));
      tab.type = "button";
      tab.id = `dl-tab-${key}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", `dl-sheet-${key}`);
      tab.addEventListener("click", (event) => {
        if (event.detail) tab.blur(); // pressed with a pointer: the arrows go back to the film
        film.turn(key);
      });
      const sheet = root.appendChild(element("div", `dl-sheet dl-${key}`));
      sheet.id = `dl-sheet-${key}`;
      sheet.setAttribute("role", "tabpanel");
      sheet.setAttribute("aria-labelledby", tab.id);
      this.tabs[key] = tab;
      this.sheets[key] = new Kind(sheet, film);
      this.sheets[key].root = sheet;
    }
    this.list.addEventListener("keydown", (event) => this.key(event));
  }

  /** The arrows lead from tab to tab for who has come by keyboard; else they move the film. */
  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (byPointer() || (!by && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    const keys = Object.keys(this.tabs).filter((key) => !this.tabs[key].hidden);
    const at = keys.indexOf(this.film.tab);
    const next = by ? keys[(at + by + keys.length) % keys.length] : keys.at(event.key === "Home" ? 0 : -1);
    this.film.turn(next);
    this.tabs[next].focus();
  }

  get sheet() {
    return this.sheets[this.film.tab];
  }

  /** Another scene, language, theme or tab. */
  receive() {
    const { film } = this;
    const { words } = film;
    this.tabs.images.hidden = !film.data.images;
    const called = { curves: words.film_curves, network: words.film_network, layers: words.film_layers, landscape: words.film_landscape, images: words.film_images };
    this.list.setAttribute("aria-label", words.film_tabs);
    for (const [key, tab] of Object.entries(this.tabs)) {
      const shown = key === film.tab;
      tab.textContent = called[key];
      tab.setAttribute("aria-selected", shown);
      tab.tabIndex = shown ? 0 : -1;
      this.sheets[key].root.hidden = !shown;
    }
    this.sheet.receive();
  }

  draw(fine) {
    this.sheet.draw(fine);
  }
}
