// MIDI devices, what each of their controls plays, and learning by moving one.

import { made, part } from "/desk/table.js";

export class Midi {
  constructor(desk) {
    this.desk = desk;
    part("learn-form").onsubmit = (event) => {
      event.preventDefault();
      desk.say({ do: "cue", name: "learn", text: this.learning ? "" : part("learn-name").value });
    };
  }

  midi({ devices, learning }) {
    const { table } = this.desk;
    this.learning = learning;
    part("learn").setAttribute("aria-pressed", String(learning !== ""));
    part("learning").textContent = learning ? table.say("learning", { name: table.parameter(learning).name }) : "";
    part("devices").replaceChildren(...(devices.length ? devices.flatMap((device) => this.device(device)) : [made("p", { className: "soft", textContent: table.say("no_midi") })]));
  }

  device({ name, map, bank, banks, knobs }) {
    const { table } = this.desk;
    const told = banks > 1 ? table.say("bank", { bank, banks }) : "";
    const head = made("tr", {}, ...["control", "plays_what", "how"].map((key) => made("th", { scope: "col", textContent: table.say(key) })));
    const rows = knobs.filter((knob) => knob.bank === bank || banks < 2 || !knob.bank).map((knob) => {
      const plays = table.entries.has(knob.parameter) ? table.parameter(knob.parameter).name : knob.parameter || knob.cue;
      const how = knob.kind === "fader" ? `${knob.kind}, ${knob.grip}` : knob.kind;
      return made("tr", {}, ...[knob.place, plays, how].map((textContent) => made("td", { textContent })));
    });
    return [made("h3", { textContent: [name, map, told].filter(Boolean).join(" · ") }), made("table", {}, made("thead", {}, head), made("tbody", {}, ...rows))];
  }

  dress() {
    const { table, known } = this.desk, chosen = part("learn-name").value;
    part("learn-name").replaceChildren(...table.parameters.map(({ name }) => made("option", { value: name, textContent: `${table.say(`room_${name.split(".")[0]}`)} · ${table.parameter(name).name}` })));
    if (chosen) part("learn-name").value = chosen;
    this.midi(known.midi ?? { devices: [], learning: "" });
  }
}
