// Which channels, which pitches and which moments of a layer are dreamt of: three strips with a part to move and to widen.

import { indices } from "/desk/dreamt.js";
import { made, part } from "/desk/table.js";

const AXES = ["channel", "pitch", "time"];
const OURS = 700; // ms after a move in which what comes back from afar does not move the strips
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export class Boxes {
  constructor(desk) {
    Object.assign(this, { desk, layer: 0, moved: -Infinity });
    this.stands = Object.fromEntries(AXES.flatMap((axis) => [[`dream.${axis}_position`, 0.5], [`dream.${axis}_width`, 1]]));
    this.told = { ...this.stands }; // from afar
    this.strips = AXES.map((axis) => this.strip(axis));
    part("boxes").append(...this.strips.map(({ box }) => box));
  }

  strip(axis) {
    const name = made("span"), told = made("span"), handles = {};
    const track = made("div", { className: "strip" });
    for (const [kind, side] of [["position", "span"], ["width", "edge"]]) {
      const handle = made("button", { type: "button", className: side });
      handle.setAttribute("role", "slider");
      handle.setAttribute("aria-valuemin", "0");
      handle.setAttribute("aria-valuemax", "100");
      handle.onkeydown = (event) => this.key(event, axis, kind);
      handles[kind] = handle;
      track.append(handle);
    }
    track.onpointerdown = (event) => this.grab(event, axis, track, event.target === handles.width ? "width" : "position");
    track.ondblclick = () => { this.put(axis, "position", 0.5); this.put(axis, "width", 1); };
    return { axis, name, told, handles, box: made("div", { className: "box" }, made("p", {}, name, told), track) };
  }

  at(axis, kind) {
    return this.stands[`dream.${axis}_${kind}`];
  }

  // First and last share of the axis that the strip holds.
  span(axis) {
    const [position, width] = [this.at(axis, "position"), this.at(axis, "width")];
    return [position * (1 - width), position * (1 - width) + width];
  }

  put(axis, kind, value) {
    const name = `dream.${axis}_${kind}`, at = Math.min(Math.max(value, 0), 1);
    this.moved = performance.now();
    if (this.stands[name] === at) return;
    this.stands[name] = this.told[name] = at;
    this.desk.set(name, at);
    this.show();
  }

  // The part goes with the pointer; its right edge widens it and leaves the left one where it is.
  grab(event, axis, track, kind) {
    const { left, width: wide } = track.getBoundingClientRect();
    const share = ({ clientX }) => (clientX - left) / wide;
    const [from, to] = this.span(axis), begun = share(event);
    if (kind === "position" && (begun < from || begun > to)) this.move(axis, begun - (to - from) / 2);
    const offset = begun - this.span(axis)[0];
    track.setPointerCapture(event.pointerId);
    track.onpointermove = (moved) => (kind === "width" ? this.widen(axis, from, share(moved)) : this.move(axis, share(moved) - offset));
    track.onpointerup = track.onpointercancel = () => (track.onpointermove = null);
  }

  move(axis, start) {
    const room = 1 - this.at(axis, "width");
    if (room > 0) this.put(axis, "position", start / room);
  }

  widen(axis, start, end) {
    const width = Math.min(Math.max(end - start, 0), 1 - start);
    this.put(axis, "width", width);
    if (width < 1) this.put(axis, "position", start / (1 - width));
  }

  key(event, axis, kind) {
    if (event.key === "Delete" || event.key === "Backspace") this.put(axis, kind, kind === "width" ? 1 : 0.5);
    else if (event.key === "Home" || event.key === "End") this.put(axis, kind, event.key === "End" ? 1 : 0);
    else if (KEYS[event.key]) this.put(axis, kind, this.at(axis, kind) + KEYS[event.key] * (event.shiftKey ? 0.002 : 0.02));
    else return;
    event.preventDefault();
  }

  dress() {
    this.show();
  }

  values({ values }) {
    if ("dream.layer" in values) this.layer = this.desk.table.layerAt(values["dream.layer"]);
    for (const name of Object.keys(this.stands)) if (name in values) this.told[name] = values[name];
    clearTimeout(this.later);
    const waits = this.moved + OURS - performance.now();
    if (waits > 0) this.later = setTimeout(() => this.values({ values: {} }), waits);
    else Object.assign(this.stands, this.told);
    this.show();
  }

  now() {
    this.show(); // the loop may last longer or shorter now
  }

  show() {
    const { table } = this.desk;
    for (const { axis, name, told, handles } of this.strips) {
      const [from, to] = this.span(axis), words = this.words(axis, from, to);
      name.textContent = table.parameter(`dream.${axis}_position`).name;
      told.textContent = words;
      handles.position.style.left = `${100 * from}%`;
      handles.position.style.width = `${100 * (to - from)}%`;
      handles.width.style.left = `calc(${100 * to}% - 8px)`;
      for (const kind of ["position", "width"]) {
        handles[kind].setAttribute("aria-label", table.parameter(`dream.${axis}_${kind}`).name);
        handles[kind].setAttribute("aria-valuenow", String(Math.round(100 * this.at(axis, kind))));
        handles[kind].setAttribute("aria-valuetext", words);
      }
    }
  }

  words(axis, from, to) {
    const { table, known } = this.desk, layer = table.layers[this.layer];
    if (axis === "time") return `${table.seconds(from * (known.now?.loop ?? 4))} – ${table.seconds(to * (known.now?.loop ?? 4))}`;
    const [first, last] = indices(from, to, axis === "channel" ? layer.channels : layer.bins);
    return axis === "channel" ? table.say("channels", { first, last, of: layer.channels }) : table.between(layer.low[first], layer.high[last]);
  }
}
