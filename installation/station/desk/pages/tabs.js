// The panels at the right: one at a time, or the parameters beside another where there is room.

import { part } from "/desk/table.js";

const WIDE = "(min-width: 1600px)";

export class Tabs {
  constructor() {
    this.tabs = [...document.querySelectorAll("[role=tab]")];
    this.wide = matchMedia(WIDE);
    this.wide.onchange = () => this.show(this.chosen);
    for (const tab of this.tabs) {
      tab.onclick = () => this.show(tab);
      tab.onkeydown = (event) => this.key(event);
    }
    this.show(this.tabs[0]);
  }

  get open() {
    return this.tabs.filter((tab) => !this.wide.matches || tab.id !== "tab-controls");
  }

  show(tab) {
    this.chosen = this.open.includes(tab) ? tab : this.open[0];
    for (const each of this.tabs) {
      const chosen = each === this.chosen, panel = part(each.getAttribute("aria-controls"));
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen && !(this.wide.matches && each.id === "tab-controls");
    }
  }

  key({ key }) {
    const tabs = this.open, at = tabs.indexOf(this.chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[key];
    if (to === undefined) return;
    this.show(tabs[(to + tabs.length) % tabs.length]);
    this.chosen.focus();
  }
}
