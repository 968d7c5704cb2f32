// Everything that is pressed and read beside the body.

export const COLOURS = ["#ffffff", "#e69f00", "#56b4e9", "#2fc99a", "#f0e442", "#ff7a3c", "#e08cc0"]; // after Okabe and Ito
const WARNING = 12; // seconds before the show goes on by itself, in which that is said
const OFTEN = 80; // ms between two words while a slider moves
const ALONE = 45; // seconds in which nobody plays, after which the page is as it was for the next one

const part = (id) => document.getElementById(id);

export class Panel {
  // say: tells the house a wish; touch: chooses neuron n of those that are here
  constructor(words, body, say, touch) {
    Object.assign(this, { words, body, say, touch, you: null, started: performance.now(), wantsLoop: false });
    this.chooseLanguages();
    this.arrows();
    this.compare();
    part("again").onclick = () => say({ do: "again" });
    part("stay").onclick = () => say({ do: "stay" });
    part("join").onclick = () => say({ do: "join" });
    part("keep").onclick = () => this.keep();
    part("what").onclick = () => { part("about").showModal(); this.touched = performance.now() / 1000; say({ do: "stay" }); };
    this.speak(matchMedia("(pointer: coarse)").matches && innerWidth < 900 ? words.preferred() : words.usual);
    setInterval(() => this.count(), 250);
  }

  connected(connected) {
    part("lost").hidden = connected;
    if (!connected) part("lost").textContent = this.words.say("lost");
  }

  show(you) {
    const before = this.you;
    this.you = you;
    const now = performance.now() / 1000;
    this.ends = Object.fromEntries(["ends", "seated", "rests"].map((name) => [name, you[name] === null ? null : now + you[name]]));
    const plays = you.colour !== null;
    part("playing").hidden = !plays;
    part("watching").hidden = you.role !== "watch";
    part("join").hidden = you.role !== "phone" || plays || you.waits;
    part("again").hidden = !plays;
    part("keep").hidden = !plays || !you.reachable; // what only this machine can open nobody could fetch
    part("yours").hidden = you.role !== "phone" || !plays;
    part("swatch").style.color = COLOURS[(you.colour ?? 0) % COLOURS.length];
    part("compare").setAttribute("aria-pressed", String(you.compares));
    this.sliders(you.sliders);
    if (before?.place?.unit !== you.place?.unit || before?.compares !== you.compares || before?.lent !== you.lent || !before) this.tell();
    if (before && before.rests !== null && you.rests === null && !part("silent").hidden) this.refresh();
    if (you.kept && this.wantsLoop && you.kept !== this.had) this.give(you); // even if another loop is heard by now
    part("keep").disabled = !you.place;
    this.count();
  }

  // As it was, for the next visitor of a station.
  refresh() {
    if (this.you.role !== "station") return;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    if (this.words.code !== this.words.usual) this.speak(this.words.usual);
  }

  speak(code) {
    this.touched = performance.now() / 1000;
    this.words.code = code;
    this.words.dress(document);
    part("body").setAttribute("aria-label", this.words.say("body", { neurons: this.words.number(this.body.units.length) }));
    for (const button of part("languages").children) button.setAttribute("aria-pressed", String(button.lang === code));
    for (const slider of part("sliders").children) this.name(slider);
    this.tell();
  }

  tell() {
    const { words, you } = this;
    const lines = !you?.place ? [words.say("invite")] : you.compares ? [words.say("compared")] : words.place(you.place);
    const said = lines.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
    if (you?.place && !you.compares) said.push(Object.assign(document.createElement("p"), { textContent: words.say("soon"), className: "soon" }));
    if (you?.lent) said.push(Object.assign(document.createElement("p"), { textContent: words.say("lent"), className: "soon" }));
    if (you?.role === "watch" && !you.place) said.length = 0;
    part("here").replaceChildren(...said);
  }

  chooseLanguages() {
    for (const [code, { name }] of Object.entries(this.words.languages)) {
      const button = Object.assign(document.createElement("button"), { type: "button", lang: code, textContent: name });
      button.onclick = () => { this.speak(code); this.say({ do: "stay" }); };
      part("languages").append(button);
    }
  }

  arrows() {
    const go = (layers, steps) => {
      const from = this.you?.place ? this.body.find(this.you.place.unit) : this.body.starts[this.body.starts.length >> 1];
      this.touch(this.body.beside(from, layers, steps));
    };
    const ways = { earlier: [-1, 0], deeper: [1, 0], left: [0, -1], right: [0, 1] };
    for (const [id, way] of Object.entries(ways)) part(id).onclick = () => go(...way);
    const keys = { ArrowUp: "earlier", ArrowDown: "deeper", ArrowLeft: "left", ArrowRight: "right" };
    addEventListener("keydown", (event) => {
      if (event.target.matches?.("input") || !keys[event.key] || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      go(...ways[keys[event.key]]);
    });
  }

  // Held by finger, mouse, Space or Enter; a click from nothing of these (a switch, a screen reader) turns it over.
  compare() {
    const button = part("compare");
    let held = false;
    const turn = (on) => {
      if (held === on) return;
      held = on;
      button.setAttribute("aria-pressed", String(on));
      this.say({ do: "compare", on });
    };
    button.onpointerdown = (event) => { button.setPointerCapture(event.pointerId); turn(true); };
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) button.addEventListener(end, () => turn(false));
    const keyed = (event) => event.key === " " || event.key === "Enter";
    button.onkeydown = (event) => { if (keyed(event)) { event.preventDefault(); if (!event.repeat) turn(true); } };
    button.onkeyup = (event) => { if (keyed(event)) turn(false); };
    let pointed = false;
    button.addEventListener("pointerdown", () => (pointed = true));
    button.onclick = () => { if (!pointed) turn(!held); pointed = false; };
  }

  sliders(shares) {
    const place = part("sliders");
    for (const [name, share] of Object.entries(shares)) {
      const id = `slider-${name}`;
      if (!part(id)) place.append(this.slider(name, id));
      const input = part(id);
      if (!input.matches(":active") && performance.now() - (input.moved ?? -1e9) > 1000) input.value = share;
    }
  }

  slider(name, id) {
    const whole = Object.assign(document.createElement("div"), { className: "slider" });
    const label = Object.assign(document.createElement("label"), { htmlFor: id });
    const input = Object.assign(document.createElement("input"), { type: "range", id, min: 0, max: 1, step: 0.01 });
    let waits = null;
    input.oninput = () => {
      input.moved = performance.now();
      waits ??= setTimeout(() => { waits = null; this.say({ do: "slide", name, share: Number(input.value) }); }, OFTEN);
    };
    whole.append(label, input);
    whole.dataset.name = name;
    this.name(whole);
    return whole;
  }

  name(whole) {
    const { name, about } = this.words.slider(whole.dataset.name);
    whole.querySelector("label").textContent = name;
    whole.querySelector("input").setAttribute("aria-description", about);
  }

  keep() {
    this.wantsLoop = true;
    this.had = this.you?.kept;
    part("keep").textContent = this.words.say("keep_making");
    this.say({ do: "keep" });
    if (this.had && this.you.fresh) this.give(this.you);
  }

  give(you) {
    this.wantsLoop = false;
    part("keep").textContent = this.words.say("keep");
    const page = `/keep/${you.kept}`;
    part("open").href = page;
    const phone = you.role === "phone";
    part("open").parentElement.hidden = !phone;
    part("kept-words").hidden = part("qr").hidden = phone;
    if (!phone) draw(part("qr"), you.qr);
    if (!part("kept").open) part("kept").showModal();
  }

  count() {
    const { you, words, ends } = this;
    if (!you) return;
    const left = (name) => (ends[name] === null ? null : Math.max(0, Math.ceil(ends[name] - performance.now() / 1000)));
    const rests = left("rests");
    if (rests !== null) this.touched = performance.now() / 1000;
    else if (performance.now() / 1000 - this.touched > ALONE) this.refresh();
    const near = rests !== null && rests <= WARNING;
    if (near && part("silent").hidden) part("silent-words").textContent = words.say("silent"); // once: it is read aloud
    part("silent").hidden = !near;
    part("silent-count").textContent = near ? rests : "";
    const [ending, seated] = [left("ends"), left("seated")];
    part("turn").hidden = ending === null && seated === null;
    part("turn").textContent = seated !== null ? words.say("waits", { seconds: seated }) : ending !== null ? words.say("turn", { seconds: ending }) : "";
  }
}

function draw(canvas, rows) {
  Object.assign(canvas, { width: rows.length, height: rows.length });
  const paper = canvas.getContext("2d");
  rows.forEach((row, y) => [...row].forEach((dark, x) => { paper.fillStyle = dark === "1" ? "#000" : "#fff"; paper.fillRect(x, y, 1, 1); }));
}
