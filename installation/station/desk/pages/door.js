// Coming in: who may, what is asked at the door, and the line to the show that is mended by itself.

import { Link } from "/link.js";
import { part } from "/desk/table.js";

const SILENT = 6000; // ms without a word after which the line is taken for lost
const LATER = 13_000; // ms until the next try where too many have knocked
const LOOKS = new URLSearchParams(location.search).has("look"); // who only wants to look
const KEPT = LOOKS ? "reader" : "operator"; // under which name the browser keeps this desk's key until it is closed
const OFTEN = 40; // ms between two words about one parameter

export class Door {
  // hear: (message, bytes or null), inside only
  constructor(table, hear) {
    Object.assign(this, { table, hear, key: sessionStorage.getItem(KEPT) ?? "", pin: "", role: "", waits: new Map(), heard: 0, refused: false });
    part("door-form").onsubmit = (event) => {
      event.preventDefault();
      this.pin = part("pin").value;
      part("pin").value = "";
      part("door").close();
      this.again();
    };
    part("door").addEventListener("cancel", (event) => event.preventDefault());
    this.link = new Link(() => this.hello(), (message, bytes) => this.listen(message, bytes), (up) => this.state(up), "/desk/ws");
    setInterval(() => this.watch(), 1000);
  }

  hello() {
    this.heard = performance.now();
    return { do: "hello", pin: this.pin, key: this.key, read: LOOKS };
  }

  listen(message, bytes) {
    this.heard = performance.now();
    if (message.say === "welcome") this.welcome(message);
    else if (message.say === "refused") this.refuse(message.why);
    else if (this.role) this.hear(message, bytes);
  }

  welcome({ key, role }) {
    Object.assign(this, { key, role, pin: "", refused: false });
    sessionStorage.setItem(KEPT, key);
    document.body.classList.toggle("reads", role === "reader");
    for (const acts of document.querySelectorAll(".acts")) acts.disabled = role === "reader";
    this.banner(role === "reader" ? "reader" : "");
  }

  refuse(why) {
    this.refused = true;
    this.link.rest();
    if (why !== "pin") this.banner(`door_${why}`);
    if (why === "later") setTimeout(() => this.again(), LATER);
    if (why !== "pin") return;
    part("door-why").textContent = this.pin ? this.table.say("pin_wrong") : "";
    Object.assign(this, { pin: "", key: "" });
    sessionStorage.removeItem(KEPT);
    if (!part("door").open) part("door").showModal();
  }

  again() {
    this.refused = false;
    this.link.open();
  }

  state(up) {
    if (up || this.refused) return;
    this.role = "";
    this.banner("lost");
  }

  // A line that says nothing is a line no longer.
  watch() {
    if (!this.role || performance.now() - this.heard < SILENT) return;
    this.state(false);
    this.link.socket.close();
    this.link.open();
  }

  banner(key) {
    Object.assign(this, { told: key });
    part("banner").hidden = !key;
    part("banner").classList.toggle("reads", key === "reader");
    part("banner").textContent = key ? this.table.say(key) : "";
  }

  dress() {
    this.banner(this.told ?? "");
  }

  say(message) {
    if (this.role === "operator") this.link.say(message);
  }

  // One parameter's newest value, not oftener than is of use.
  set(name, value) {
    if (this.role !== "operator") return;
    const waiting = this.waits.get(name);
    if (waiting) {
      waiting.value = value;
      return;
    }
    this.say({ do: "set", name, value });
    this.waits.set(name, { timer: setTimeout(() => this.pass(name, value), OFTEN), value });
  }

  pass(name, said) {
    const { value } = this.waits.get(name);
    this.waits.delete(name);
    if (value !== said) this.set(name, value);
  }
}
