// Scenes that can be called, presets, and the takes that were made.

import { clock, made, part } from "/desk/table.js";

export class Scenes {
  constructor(desk) {
    this.desk = desk;
    part("preset-form").onsubmit = (event) => {
      event.preventDefault();
      const name = part("preset-name").value.trim();
      if (!name) return;
      desk.say({ do: "preset", act: "save", name });
      part("preset-name").value = "";
    };
  }

  facts({ cues, scene, next }) {
    const told = JSON.stringify([cues, scene, next, this.desk.table.code]);
    if (told === this.told) return; // many facts come, few of them are these
    this.told = told;
    const items = cues.filter((name) => !(name in this.desk.table.cues)).map((name) => {
      const { table } = this.desk;
      const button = made("button", { type: "button", className: "main", textContent: table.scene(name) });
      if (name === scene) button.setAttribute("aria-current", "true");
      if (name === scene || name === next) button.append(made("span", { className: "told", textContent: table.say(name === scene ? "plays" : "next") }));
      button.onclick = () => this.desk.say({ do: "cue", name: "scene", text: name });
      return made("li", {}, button);
    });
    replaced(part("cues"), items);
  }

  presets({ presets }) {
    const { table } = this.desk;
    replaced(part("presets"), presets.map(({ name, saved }) => {
      const recall = made("button", { type: "button", className: "main", textContent: name }, made("span", { className: "told", textContent: table.day(1000 * saved) }));
      recall.onclick = () => this.desk.say({ do: "preset", act: "recall", name });
      recall.setAttribute("aria-label", table.say("recall", { name }));
      return made("li", {}, recall, removes(table, name, () => this.desk.say({ do: "preset", act: "remove", name })));
    }));
  }

  record({ takes, fault }) {
    const lines = takes.map(({ name, seconds }) => made("li", {}, made("span", { className: "text", textContent: name }), made("span", { className: "told", textContent: clock(seconds) })));
    replaced(part("takes"), [...lines, ...(fault ? [made("li", { textContent: fault })] : [])]);
  }

  dress() {
    const { facts, presets, record } = this.desk.known;
    if (facts) this.facts(facts);
    if (presets) this.presets(presets);
    if (record) this.record(record);
  }
}

// A list's lines, anew; where the keyboard was it stays.
export function replaced(list, lines) {
  const at = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  list.replaceChildren(...lines);
  if (at >= 0) [...list.querySelectorAll("button")][at]?.focus();
}

// A button that removes something of one's own.
export function removes(table, name, remove) {
  const button = made("button", { type: "button", className: "icon", textContent: "×" });
  button.setAttribute("aria-label", table.say("remove", { name }));
  button.onclick = remove;
  return button;
}
