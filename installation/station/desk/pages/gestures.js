// What fingers, mouse, wheel and keys do on the body: pan, zoom, turn, point, choose, and draw a lasso.

const REACH = 14; // pixels within which a neuron is pointed at
const STILL = 5; // pixels that a press may move and still choose
const STEP = 60; // pixels by an arrow key
const KEYS = {
  ArrowLeft: (view) => view.pan(STEP, 0),
  ArrowRight: (view) => view.pan(-STEP, 0),
  ArrowUp: (view) => view.pan(0, STEP),
  ArrowDown: (view) => view.pan(0, -STEP),
  "+": (view) => view.zoom(view.width / 2, view.height / 2, 1.4),
  "=": (view) => view.zoom(view.width / 2, view.height / 2, 1.4),
  "-": (view) => view.zoom(view.width / 2, view.height / 2, 1 / 1.4),
  "[": (view) => view.turn(0.13, 0),
  "]": (view) => view.turn(-0.13, 0),
  "0": (view) => view.fit(),
};

export class Gestures {
  // point: (neuron or -1), choose: (neuron), lasso: (line, done), changed: () => the view is another
  constructor(canvas, view, { point, choose, lasso, changed }) {
    Object.assign(this, { canvas, view, point, choose, lasso, changed, fingers: new Map(), line: null, lassoing: false });
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.up(event));
    canvas.addEventListener("pointerleave", () => this.point(-1));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("dblclick", () => this.see((view) => view.fit()));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  see(how) {
    how(this.view);
    this.changed();
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true });
    const here = [event.offsetX, event.offsetY];
    this.fingers.set(event.pointerId, here);
    if (this.fingers.size === 1) {
      const lassos = event.button === 0 && (event.shiftKey || this.lassoing);
      Object.assign(this, { begun: here, moved: false, line: lassos ? [here] : null, turning: event.button === 2 || event.altKey });
    } else {
      this.line = null;
      this.moved = true;
      this.lasso(null, false);
    }
  }

  move(event) {
    const here = [event.offsetX, event.offsetY], before = this.fingers.get(event.pointerId);
    if (!before) return this.point(event.pointerType === "mouse" ? this.view.near(...here, REACH) : -1);
    if (this.fingers.size > 1) this.pinch(event.pointerId, here);
    this.fingers.set(event.pointerId, here);
    if (this.fingers.size > 1) return this.changed();
    if (Math.hypot(here[0] - this.begun[0], here[1] - this.begun[1]) > STILL) this.moved = true;
    if (!this.moved) return undefined;
    if (this.line) {
      this.line.push(here);
      return this.lasso(this.line, false);
    }
    const [x, y] = [here[0] - before[0], here[1] - before[1]];
    return this.see((view) => (this.turning ? view.turn(-x / 150, y / 150) : view.pan(x, y)));
  }

  // Two fingers: their distance zooms, their middle pans, their direction turns.
  pinch(moved, here) {
    const [other] = [...this.fingers].filter(([id]) => id !== moved).map(([, at]) => at);
    const before = this.fingers.get(moved);
    const [was, is] = [before, here].map(([x, y]) => [Math.hypot(x - other[0], y - other[1]), Math.atan2(y - other[1], x - other[0])]);
    this.view.pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
    this.view.zoom((here[0] + other[0]) / 2, (here[1] + other[1]) / 2, is[0] / Math.max(1, was[0]));
    this.view.turn(Math.atan2(Math.sin(was[1] - is[1]), Math.cos(was[1] - is[1])), 0);
  }

  up(event) {
    if (!this.fingers.delete(event.pointerId) || this.fingers.size) return;
    const { line, moved } = this;
    this.line = null;
    if (event.type === "pointercancel") return this.lasso(null, false);
    if (line && moved) return this.lasso(line, true);
    const neuron = moved || event.button === 2 ? -1 : this.view.near(event.offsetX, event.offsetY, 2 * REACH);
    if (neuron >= 0) this.choose(neuron);
    return undefined;
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode ? 30 : 1);
    this.see((view) => view.zoom(event.offsetX, event.offsetY, 2 ** (-pixels / (event.ctrlKey ? 60 : 300))));
  }

  key(event) {
    const does = KEYS[event.key];
    if (does && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.see(does);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault(); // what stands in the middle of the picture
      const neuron = this.view.near(this.view.width / 2, this.view.height / 2, Infinity);
      if (neuron >= 0) this.choose(neuron);
    }
  }
}
