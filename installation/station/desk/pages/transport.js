// What leads the evening: go and panic, the loop that is held or dropped, pre-listening, undo, the record button.

import { clock, part } from "/desk/table.js";

const GAP = 100; // ms between two GOs

export class Transport {
  constructor(desk) {
    Object.assign(this, { desk, went: -Infinity, recording: null, source: null });
    part("go").onclick = () => this.go();
    part("panic").onclick = () => this.cue("panic");
    part("hold").onclick = () => this.cue("hold", this.told.holding ? "" : "on");
    part("drop").onclick = () => this.cue("drop");
    part("compare").onclick = () => this.cue("compare", this.told.comparing ? "" : "on");
    part("listen").onclick = () => this.listen();
    for (const act of ["undo", "redo"]) part(act).onclick = () => desk.say({ do: act });
    part("record").onclick = () => desk.say({ do: "record", on: this.recording === null });
    addEventListener("keydown", (event) => this.key(event));
    setInterval(() => this.count(), 250);
  }

  // The newest facts.
  get told() {
    return this.desk.known.facts ?? {};
  }

  cue(name, text = "") {
    this.desk.say({ do: "cue", name, text });
  }

  go() {
    if (performance.now() - this.went < GAP) return;
    this.went = performance.now();
    this.cue("go");
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input[type=text]")) return;
    const key = event.key.toLowerCase(), redoes = key === "y" || (key === "z" && event.shiftKey);
    if (key !== "z" && !redoes) return;
    event.preventDefault();
    this.desk.say({ do: redoes ? "redo" : "undo" });
  }

  facts(facts) {
    const { table } = this.desk;
    part("scene-name").textContent = table.scene(facts.scene);
    part("scene-next").textContent = [facts.waits ? table.say("waits_for_go") : "", facts.next ? `→ ${table.scene(facts.next)}` : ""].filter(Boolean).join(" · ");
    part("hold").setAttribute("aria-pressed", String(facts.holding));
    part("compare").setAttribute("aria-pressed", String(facts.comparing));
    part("panic").setAttribute("aria-pressed", String(facts.panic));
    this.now();
  }

  now() {
    const waiting = this.desk.known.now?.waiting ?? "";
    part("drop").classList.toggle("waits", waiting !== "");
    part("listen").disabled = waiting === "" && !this.source;
  }

  history({ undo, redo, undos, redos }) {
    const { table } = this.desk, named = (name) => (table.entries.has(name) ? table.parameter(name).name : name);
    for (const [id, what, count] of [["undo", undo, undos], ["redo", redo, redos]]) {
      part(id).disabled = count === 0;
      part(id).title = table.say(id, { what: named(what) });
      part(id).setAttribute("aria-label", table.say(id, { what: named(what) }));
    }
  }

  dress() {
    this.history(this.desk.known.history ?? { undo: "", redo: "", undos: 0, redos: 0 });
    if (this.desk.known.facts) this.facts(this.told);
  }

  record({ on, since }) {
    this.recording = on ? performance.now() - 1000 * (since ?? 0) : null; // it begins with the next loop
    part("record").setAttribute("aria-pressed", String(on));
    this.count();
  }

  count() {
    const told = this.recording === null ? "" : clock((performance.now() - this.recording) / 1000);
    if (part("record-time").textContent !== told) part("record-time").textContent = told;
  }

  // The dream that waits, heard in this browser alone; pressed again it is still.
  listen() {
    if (this.source) return this.still();
    const waiting = this.desk.known.now?.waiting;
    this.speaker ??= new AudioContext();
    this.speaker.resume();
    if (waiting) this.desk.say({ do: "listen", dream: waiting });
    return undefined;
  }

  still() {
    this.source.stop();
    this.source = null;
    part("listen").setAttribute("aria-pressed", "false");
    this.now();
  }

  sound({ rate, channels, gain }, bytes) {
    if (this.source) this.still();
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1), count = samples.length / channels;
    const buffer = this.speaker.createBuffer(channels, count, rate);
    for (let n = 0; n < channels; n++) buffer.copyToChannel(Float32Array.from(samples.subarray(n * count, (n + 1) * count), (at) => (gain * at) / 32768), n);
    this.source = Object.assign(this.speaker.createBufferSource(), { buffer, loop: true });
    this.source.connect(this.speaker.destination);
    this.source.start();
    part("listen").setAttribute("aria-pressed", "true");
  }
}
