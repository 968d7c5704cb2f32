// All parameters, room by room.

import { Fader } from "/desk/fader.js";
import { made, part } from "/desk/table.js";

const POINTS = /^dream\.(layer|hand|keep|(channel|pitch|time)_(position|width))$/; // of these the room "target" is made
const ORDER = ["dream", "stage", "sound", "picture", "target"];
const OPEN = ["dream", "stage"];

export class Rooms {
  constructor(desk) {
    Object.assign(this, { desk, faders: new Map(), rests: {}, ghosts: {} });
    this.rooms = ORDER.map((room) => {
      const title = made("summary", { dataset: { room } });
      return made("details", { open: OPEN.includes(room), dataset: { room } }, title);
    });
    for (const entry of desk.table.parameters) {
      const { name } = entry;
      const fader = new Fader(entry, { set: (value) => desk.set(name, value), release: () => desk.say({ do: "release", name }) });
      const room = POINTS.test(name) ? "target" : entry.room;
      this.rooms[ORDER.indexOf(room)].append(fader.row);
      for (const kind of ["pointerenter", "focusin"]) fader.row.addEventListener(kind, () => this.tell(fader));
      this.faders.set(name, fader);
      this.rests[name] = entry.default;
    }
    this.free = made("button", { type: "button" });
    this.free.onclick = () => desk.say({ do: "release", name: "" });
    part("rooms").append(...this.rooms, this.free);
  }

  dress() {
    for (const room of this.rooms) room.firstChild.textContent = this.desk.table.say(`room_${room.dataset.room}`);
    for (const fader of this.faders.values()) fader.dress(this.desk.table);
    this.free.textContent = this.desk.table.say("release");
    part("help").textContent = this.desk.table.say("help");
  }

  tell(fader) {
    part("help").textContent = fader.help;
  }

  values({ values, held, ghosts, rests }) {
    for (const [name, value] of Object.entries(values)) this.faders.get(name)?.stands(value);
    if (held) for (const [name, fader] of this.faders) fader.held(held[name] ?? "");
    if (ghosts) this.ghosts = ghosts;
    Object.assign(this.rests, rests);
    if (ghosts || rests) for (const [name, fader] of this.faders) fader.marks(this.rests[name], this.ghosts[name]);
  }
}
