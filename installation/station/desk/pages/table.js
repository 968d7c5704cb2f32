// All that never changes while the show runs: words, parameters, layers; and what a neuron is.

import { Words } from "/words.js";

const BARE = ["share", "full scale"]; // units of numbers that say enough by themselves

export class Table extends Words {
  static async fetch() {
    return new Table(await (await fetch("/desk/table.json")).json());
  }

  constructor(table) {
    super(table);
    Object.assign(this, table);
    this.code = this.preferred();
    this.entries = new Map(table.parameters.map((entry) => [entry.name, entry]));
    this.units = table.layers.reduce((sum, layer) => sum + layer.units, 0);
  }

  parameter(name) {
    return this.languages[this.code].parameters[name] ?? { name, about: "" };
  }

  scene(name) {
    return this.languages[this.code].scenes[name] ?? name.replaceAll("_", " ");
  }

  // A moment of the day, of a date or of seconds since 1970.
  moment(date) {
    return new Date(date).toLocaleTimeString(this.code, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  }

  day(date) {
    return new Date(date).toLocaleString(this.code, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
  }

  // Layer, channel and pitch bin of a neuron by its number in the whole network.
  neuron(unit) {
    const layer = this.layers.find(({ first, units }) => unit < first + units);
    const at = unit - layer.first;
    return { layer, channel: Math.floor(at / layer.bins), bin: at % layer.bins };
  }

  // The number of the layer that a value of dream.layer points at.
  layerAt(share) {
    const away = this.layers.map((layer) => (layer.share === null ? Infinity : Math.abs(layer.share - share)));
    return away.indexOf(Math.min(...away));
  }

  unit({ unit }) {
    if (BARE.includes(unit)) return "";
    return this.languages[this.code].says[`unit_${unit.replaceAll(" ", "_")}`] ?? unit;
  }

  // Where a neuron stands and what it hears, in words.
  told(unit) {
    const { layer, channel, bin } = this.neuron(unit);
    return this.say("neuron", { layer: layer.name, channel, channels: layer.channels, heard: this.between(layer.low[bin], layer.high[bin]) });
  }

  between(low, high) {
    return `${this.hertz(low)} – ${this.hertz(high)}`;
  }
}

// minutes:seconds
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// A new part of the page, with what it holds.
export function made(tag, properties = {}, ...parts) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset ?? {});
  element.append(...parts);
  return element;
}

export const part = (id) => document.getElementById(id);
