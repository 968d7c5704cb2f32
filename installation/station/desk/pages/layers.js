// The layers, from the sound inwards: how much each answers, and which of them is dreamt of.

import { hue } from "/desk/splat.js";
import { made, part } from "/desk/table.js";

const OFTEN = 120; // ms between two looks at how much the layers answer
const FULL = 110; // mean light 0..255 of a layer that answers as much as layers do

export class Layers {
  constructor(desk) {
    Object.assign(this, { desk, last: 0 });
    this.buttons = desk.table.layers.map((layer, n) => {
      const level = made("i");
      const button = made("button", { type: "button", className: "layer" }, made("span", { textContent: layer.name }), level);
      button.onclick = () => this.choose(layer);
      button.style.color = colour(n / Math.max(1, desk.table.layers.length - 1));
      return { button, level, layer };
    });
    part("layers").append(...this.buttons.map(({ button }) => made("li", {}, button)));
  }

  dress() {
    const { table } = this.desk;
    for (const { button, layer } of this.buttons) {
      button.setAttribute("aria-label", table.say("layer", { name: layer.name, channels: layer.channels, bins: layer.bins }));
      button.title = table.say("layer", { name: layer.name, channels: layer.channels, bins: layer.bins });
    }
  }

  // The layer within the box that stands; the one that no fader reaches as a text.
  choose({ name, share }) {
    if (share === null) this.desk.say({ do: "target", text: name });
    else this.desk.set("dream.layer", share);
  }

  // The layers that are dreamt of, by name.
  chosen(names) {
    for (const { button, layer } of this.buttons) {
      const chosen = String(names.has(layer.name));
      if (button.getAttribute("aria-pressed") !== chosen) button.setAttribute("aria-pressed", chosen);
    }
  }

  // light: [neurons] 0..255, layer after layer
  shine(light, now) {
    if (now - this.last < OFTEN) return;
    this.last = now;
    let n = 0;
    for (const { level, layer } of this.buttons) {
      let sum = 0;
      for (const end = n + layer.units; n < end; n++) sum += light[n];
      level.style.transform = `scaleX(${Math.min(1, sum / layer.units / FULL).toFixed(2)})`;
    }
  }
}

// A layer's colour, light enough to be read.
function colour(depth) {
  return `rgb(${hue(depth).map((light) => Math.round(95 + 160 * Math.sqrt(light))).join(" ")})`;
}
