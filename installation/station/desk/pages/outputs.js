// The outputs, and bending them: corners or points of a net that are dragged or moved with arrow keys.

import { bent, unbent } from "/desk/perspective.js";
import { made, part } from "/desk/table.js";

const MARGIN = 0.12; // around an output: points may leave it
const OURS = 1200; // ms after a move in which what comes back from afar does not move the points
const OFTEN = 33; // ms between two words about a point while it is dragged
const SVG = "http://www.w3.org/2000/svg";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ACTS = ["finer", "coarser", "straight", "leave", "keep"];

export class Outputs {
  constructor(desk) {
    Object.assign(this, { desk, all: [], net: false, last: 0, moved: -Infinity, dragged: null });
    part("output").onchange = () => this.show();
    part("card").onchange = () => desk.say({ do: "card", name: part("card").value });
    part("warp-net").onclick = () => { this.net = !this.net; this.show(); };
    for (const act of ACTS) part(`warp-${act}`).onclick = () => this.chosen && desk.say({ do: "warp", output: this.chosen.name, act });
    new ResizeObserver(() => this.place()).observe(part("screen"));
  }

  get chosen() {
    return this.all.find(({ name }) => name === part("output").value) ?? this.all[0];
  }

  outputs({ outputs, card }) {
    clearTimeout(this.later);
    const waits = this.dragged ? OURS : this.moved + OURS - performance.now();
    if (waits > 0) {
      this.later = setTimeout(() => this.outputs({ outputs, card }), waits);
      return;
    }
    const names = outputs.map(({ name }) => name).join("\n");
    if (names !== this.all.map(({ name }) => name).join("\n")) {
      const before = part("output").value;
      part("output").replaceChildren(...outputs.map(({ name }) => made("option", { value: name, textContent: name })));
      if (outputs.some(({ name }) => name === before)) part("output").value = before;
    }
    this.all = outputs;
    part("card").value = card;
    this.show();
  }

  dress() {
    const { table, known } = this.desk;
    part("card").replaceChildren(made("option", { value: "", textContent: table.say("no_card") }), ...table.cards.map((name) => made("option", { value: name, textContent: name })));
    part("card").value = known.outputs?.card ?? "";
    this.show();
  }

  get points() {
    return this.net ? this.chosen.net.flat() : this.chosen.corners;
  }

  show() {
    part("no-outputs").hidden = this.all.length > 0;
    part("warp").hidden = this.all.length === 0;
    if (!this.chosen) return;
    const { table } = this.desk, { size, part: [left, low, wide, high], kept, straight, net } = this.chosen;
    const state = table.say(straight ? "warp_is_straight" : "warp_is_bent");
    part("output-told").textContent = [`${size.join(" × ")}`, table.say("output_part", { left, low, wide, high }), state, kept ? "" : table.say("not_kept")].filter(Boolean).join(" · ");
    part("warp-net").setAttribute("aria-pressed", String(this.net));
    part("warp-keep").disabled = kept;
    part("warp-leave").disabled = kept;
    part("warp-coarser").disabled = net.length <= 2;
    part("screen").style.aspectRatio = `${size[0]} / ${size[1]}`;
    this.handles();
    this.place();
  }

  handles() {
    const { table } = this.desk, screen = part("screen");
    const corners = ["low_left", "low_right", "high_left", "high_right"];
    if (!this.lines) screen.append((this.lines = document.createElementNS(SVG, "svg")));
    while (screen.children.length - 1 > this.points.length) screen.lastChild.remove();
    while (screen.children.length - 1 < this.points.length) screen.append(this.handle(screen.children.length - 1));
    [...screen.querySelectorAll("button")].forEach((handle, n) => handle.setAttribute("aria-label", this.net ? table.say("point", { number: n + 1 }) : table.say(corners[n])));
  }

  handle(number) {
    const handle = made("button", { type: "button" });
    handle.onpointerdown = (event) => {
      handle.setPointerCapture(event.pointerId);
      const [x, y] = this.under(event), [right, up] = this.seen(this.points[number]);
      this.dragged = { number, offset: [right - x, up - y], to: null };
    };
    handle.onpointermove = (event) => {
      if (this.dragged?.number !== number) return;
      this.dragged.to = this.under(event).map((at, axis) => at + this.dragged.offset[axis]);
      this.move(number, this.dragged.to, false);
    };
    handle.onpointerup = handle.onpointercancel = () => this.dropped(number);
    handle.onkeydown = (event) => this.key(event, number);
    return handle;
  }

  dropped(number) {
    if (this.dragged?.to) this.move(number, this.dragged.to, true);
    this.dragged = null;
  }

  // The place under a pointer, 0..1 of the output from the lower left.
  under({ clientX, clientY }) {
    const { left, top, width, height } = part("screen").getBoundingClientRect(), room = 1 + 2 * MARGIN;
    return [((clientX - left) / width) * room - MARGIN, 1 + MARGIN - ((clientY - top) / height) * room].map((at) => Math.min(Math.max(at, -MARGIN), 1 + MARGIN));
  }

  // Where a point is seen: the net lies between the corners, and is moved with them.
  seen(point) {
    return this.net ? bent(this.chosen.corners, point) : point;
  }

  move(number, seen, last) {
    const to = (this.net ? unbent(this.chosen.corners, seen) : seen).map((at) => Number(at.toFixed(5)));
    this.points[number].splice(0, 2, ...to);
    this.moved = performance.now();
    this.place();
    if (!last && performance.now() - this.last < OFTEN) return;
    this.last = performance.now();
    this.desk.say({ do: "warp", output: this.chosen.name, act: this.net ? "point" : "corner", point: number, to });
  }

  // By a pixel, with Shift by ten.
  key(event, number) {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    const [wide, high] = this.chosen.size, [x, y] = this.seen(this.points[number]), pixels = event.shiftKey ? 10 : 1;
    this.move(number, [x + (way[0] * pixels) / wide, y + (way[1] * pixels) / high], true);
  }

  place() {
    if (!this.chosen || !this.lines) return;
    const room = 1 + 2 * MARGIN, at = ([x, y]) => [(100 * (x + MARGIN)) / room, (100 * (1 + MARGIN - y)) / room];
    [...part("screen").querySelectorAll("button")].forEach((handle, n) => {
      const [x, y] = at(this.seen(this.points[n]));
      Object.assign(handle.style, { left: `${x}%`, top: `${y}%` });
    });
    const [a, b, c, d] = this.chosen.corners.map(at), frame = [[0, 0], [1, 0], [1, 1], [0, 1]].map(at);
    const { net } = this.chosen, rows = net.map((row) => row.map((point) => at(bent(this.chosen.corners, point))));
    const threads = this.net ? [...rows, ...rows[0].map((_, k) => rows.map((row) => row[k]))] : [];
    const line = (points, name, closed) => {
      const drawn = document.createElementNS(SVG, closed ? "polygon" : "polyline");
      drawn.setAttribute("points", points.map((point) => point.join(",")).join(" "));
      drawn.setAttribute("class", name);
      return drawn;
    };
    this.lines.setAttribute("viewBox", "0 0 100 100");
    this.lines.setAttribute("preserveAspectRatio", "none");
    this.lines.replaceChildren(line(frame, "frame", true), line([a, b, d, c], "bent", true), ...threads.map((points) => line(points, "mesh", false)));
  }
}
