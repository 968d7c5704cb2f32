// One parameter: its name, its number to type, its way to move, where the show wants it and where hardware stands.

import { made } from "/desk/table.js";
import { clamped, readIn, share, step, valued, written } from "/desk/scale.js";

const OURS = 700; // ms after a move in which what comes back from afar does not move the fader
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export class Fader {
  // set: (value) a hand moves it; release: () the show has it back
  constructor(entry, { set, release }) {
    Object.assign(this, { entry, set, release, at: entry.default, moved: -Infinity });
    this.id = `fader-${entry.name.replace(".", "-")}`;
    this.row = made("div", { className: "fader", dataset: { name: entry.name } });
    this.back = made("button", { type: "button", className: "back", textContent: "↺" });
    this.back.onclick = () => release();
    if (entry.curve === "switch") this.asSwitch();
    else if (entry.choices.length) this.asChoice();
    else this.asWay();
    this.show(entry.default);
  }

  asSwitch() {
    this.button = made("button", { type: "button", className: "switch", id: this.id });
    this.button.setAttribute("role", "switch");
    this.button.onclick = () => this.move(this.at > 0.5 ? 0 : 1);
    this.name = made("label", { htmlFor: this.id });
    this.row.append(this.name, made("span", { className: "reading" }, this.back, this.button));
  }

  asChoice() {
    const { low, choices } = this.entry;
    this.select = made("select", { id: this.id }, ...choices.map((choice, n) => made("option", { value: low + n, dataset: { choice } })));
    this.select.onchange = () => this.move(Number(this.select.value));
    this.name = made("label", { htmlFor: this.id });
    this.row.append(this.name, made("span", { className: "reading" }, this.back, this.select));
  }

  asWay() {
    const { entry } = this;
    this.number = made("input", { type: "text", inputMode: "decimal", className: "number", autocomplete: "off" });
    this.number.onchange = () => this.typed();
    this.number.onblur = () => this.show(this.at);
    this.number.onkeydown = ({ key }) => {
      if (key === "Escape") this.show(this.at);
      if (key === "Enter") this.number.select();
    };
    this.range = made("input", { type: "range", min: 0, max: 1, step: "any", id: this.id });
    this.range.oninput = () => this.move(valued(entry, Number(this.range.value)));
    this.range.ondblclick = () => this.move(entry.default);
    this.range.onkeydown = (event) => this.key(event);
    this.unit = made("span", { className: "unit" });
    this.rest = made("i", { className: "rest" });
    this.ghost = made("i", { className: "ghost", hidden: true });
    this.name = made("label", { htmlFor: this.id });
    this.row.append(
      this.name,
      made("span", { className: "reading" }, this.back, this.number, this.unit),
      made("div", { className: "way" }, this.rest, this.range, this.ghost),
    );
  }

  dress(table) {
    const { entry } = this;
    this.table = table;
    const { name, about } = table.parameter(entry.name);
    this.name.textContent = name;
    this.back.setAttribute("aria-label", table.say("release_one", { name }));
    this.number?.setAttribute("aria-label", `${name}, ${table.say("number")}`);
    (this.range ?? this.button ?? this.select).setAttribute("aria-description", `${about} ${this.told(table)}`);
    this.help = `${about} ${this.told(table)}`;
    for (const option of this.select?.options ?? []) option.textContent = table.say(`choice_${option.dataset.choice}`) || option.dataset.choice;
    if (this.unit) this.unit.textContent = table.unit(entry);
    this.show(this.at);
  }

  // Its range and where it stands by itself, in words.
  told(table) {
    const { low, high, default: usual, curve, choices } = this.entry;
    if (curve === "switch" || choices.length) return "";
    return table.say("range", { low: written(low), high: written(high), unit: table.unit(this.entry), usual: written(usual) });
  }

  key(event) {
    if (event.key === "Delete" || event.key === "Backspace") this.move(this.entry.default);
    else if (KEYS[event.key] && !event.ctrlKey && !event.metaKey) {
      this.move(valued(this.entry, share(this.entry, this.at) + KEYS[event.key] * step(this.entry, event.shiftKey)));
    } else return;
    event.preventDefault();
  }

  typed() {
    const value = readIn(this.entry, this.number.value);
    if (value === null) this.show(this.at);
    else this.move(value);
  }

  move(value) {
    this.moved = performance.now();
    this.show(clamped(this.entry, value));
    this.set(this.at);
  }

  // Where it stands, told from afar; a hand that has just moved it here knows better for a while.
  stands(value) {
    clearTimeout(this.later);
    const waits = this.moved + OURS - performance.now();
    if (waits > 0) this.later = setTimeout(() => this.show(value), waits);
    else if (!this.number || document.activeElement !== this.number) this.show(value);
    else this.at = value; // somebody is typing
  }

  show(value) {
    this.at = value;
    if (this.range) {
      const at = share(this.entry, value);
      this.range.value = at;
      this.range.style.setProperty("--share", `${100 * at}%`);
      this.range.setAttribute("aria-valuetext", `${written(value)} ${this.table?.unit(this.entry) ?? ""}`.trim());
      this.number.value = written(value);
    } else if (this.select) this.select.value = Math.round(value);
    else {
      this.button.setAttribute("aria-checked", String(value > 0.5));
      this.button.textContent = this.table?.say(value > 0.5 ? "on" : "off") ?? "";
    }
  }

  // Who holds it, "" for the show.
  held(hand) {
    if (hand) this.row.dataset.held = hand;
    else delete this.row.dataset.held;
    this.back.title = hand;
  }

  // Where the show wants it, and where a hardware fader stands that has not met it, if there is one.
  marks(rest, ghost) {
    if (!this.range) return;
    const left = (at) => `calc(7px + (100% - 14px) * ${at})`;
    this.rest.style.left = left(share(this.entry, rest));
    this.ghost.hidden = ghost === undefined;
    if (ghost !== undefined) this.ghost.style.left = left(ghost);
  }
}
