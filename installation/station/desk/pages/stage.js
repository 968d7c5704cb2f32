// The body in the middle: its light at the moment that is heard, what is dreamt of, pointed at and lassoed in it.

import { Memory } from "/thought.js";
import { Cloud, accelerated } from "/desk/cloud.js";
import { dreamt } from "/desk/dreamt.js";
import { Gestures } from "/desk/gestures.js";
import { part } from "/desk/table.js";
import { Splat } from "/desk/splat.js";
import { View } from "/desk/view.js";

const SLOW = 60; // ms a picture may take on average, or it is drawn with fewer pixels
const NEAR = { channels: 0.03, pitches: 0.06 }; // of its layer, on either side of a neuron that is chosen from afar
const ALONE = 9; // pixels between neurons from which on one is chosen by itself
const [DREAMT, CAUGHT, POINTED] = [1, 2, 3];

export class Stage {
  constructor(desk, body) {
    const view = new View(body.space);
    Object.assign(this, { desk, body, view, memory: new Memory(body), caught: [], hover: -1, took: 16, before: 0, changes: 0 });
    this.canvas = part("body");
    this.marks = new Uint8Array(view.count);
    this.dreamt = this.marks.slice();
    this.picture = this.drawn();
    this.gestures = new Gestures(this.canvas, view, {
      point: (neuron) => this.point(neuron),
      choose: (neuron) => this.choose(neuron),
      lasso: (line, done) => this.lasso(line, done),
      changed: () => this.point(-1),
    });
    this.tools();
    const fit = () => view.resize(part("stage").clientWidth, part("stage").clientHeight);
    new ResizeObserver(fit).observe(part("stage"));
    fit();
  }

  drawn() {
    const { body, view, canvas } = this, depths = new Float32Array(view.count);
    body.counts.forEach((count, layer) => depths.fill(body.depth(layer), body.starts[layer], body.starts[layer] + count));
    return accelerated() ? new Cloud(canvas, view, depths) : new Splat(canvas, view, depths);
  }

  tools() {
    const zoom = (times) => () => this.view.zoom(this.view.width / 2, this.view.height / 2, times);
    part("nearer").onclick = zoom(1.6);
    part("farther").onclick = zoom(1 / 1.6);
    part("fit").onclick = () => this.view.fit();
    part("lasso").onclick = () => this.lassoing(!this.gestures.lassoing);
    for (const mode of ["only", "add", "less"]) part(`lasso-${mode}`).onclick = () => this.aim(mode);
    part("lasso-leave").onclick = () => this.catch([]);
  }

  lassoing(on) {
    this.gestures.lassoing = on;
    part("lasso").setAttribute("aria-pressed", String(on));
    part("stage").classList.toggle("lassoing", on);
  }

  dress() {
    const { table } = this.desk;
    this.canvas.setAttribute("aria-label", table.say("body", { neurons: table.number(this.view.count) }));
    this.catch(this.caught);
    this.point(this.hover);
  }

  dream({ dream, steps }, bytes) {
    this.memory.learn(dream, steps, bytes);
    this.changes += 1;
  }

  facts({ target }) {
    if (target === this.target) return;
    this.target = target;
    const { names, marks } = dreamt(target, this.desk.table);
    this.dreamt = marks;
    this.desk.layers.chosen(names.size < this.desk.table.layers.length ? names : new Set());
    this.mark();
  }

  mark() {
    this.marks.set(this.dreamt);
    for (const n of this.caught) this.marks[n] = CAUGHT;
    if (this.hover >= 0) this.marks[this.hover] = POINTED;
    this.picture.mark(this.marks);
    this.changes += 1;
  }

  point(neuron) {
    const { table } = this.desk, { body, view } = this;
    if (neuron >= 0 && neuron === this.hover && part("pointed").textContent) return;
    if (this.hover !== neuron) {
      this.hover = neuron;
      this.mark();
    }
    part("pointed").textContent = neuron < 0 ? "" : table.told(body.units[neuron]);
    this.canvas.dataset.room = view.room.toFixed(1);
  }

  // From afar the cluster around a neuron is chosen, from near the neuron alone.
  choose(neuron) {
    const { layer, channel, bin } = this.desk.table.neuron(this.body.units[neuron]);
    const around = (at, count, share) => {
      const reach = this.view.room >= ALONE ? 0 : Math.round(share * count), last = Math.min(count - 1, at + reach);
      return `${Math.max(0, at - reach)}..${last}`;
    };
    const channels = around(channel, layer.channels, NEAR.channels), pitch = around(bin, layer.bins, NEAR.pitches);
    this.desk.say({ do: "target", text: `${layer.name}[channels ${channels}, pitch ${pitch}]` });
    this.point(-1);
    this.point(neuron);
  }

  lasso(line, done) {
    part("lasso-line").setAttribute("points", line && !done ? line.map((at) => at.join(",")).join(" ") : "");
    if (done) this.catch(this.view.within(line));
  }

  catch(neurons) {
    this.caught = neurons;
    part("lassoed").hidden = neurons.length === 0;
    if (neurons.length) part("lassoed-count").textContent = this.desk.table.say("lassoed", { neurons: this.desk.table.number(neurons.length) });
    this.mark();
  }

  // What the lasso has caught becomes the target, is added to it, or is to be at rest.
  aim(mode) {
    const bits = new Uint8Array(Math.ceil(this.desk.table.units / 8));
    for (const n of this.caught) bits[this.body.units[n] >> 3] |= 1 << (this.body.units[n] & 7);
    this.desk.say({ do: "lasso", units: btoa(String.fromCharCode(...bits)), mode });
    this.catch([]);
    this.lassoing(false);
  }

  // moment: 0..1 of the loop, or null for eyes that want no motion
  draw(name, moment, now) {
    this.took += (Math.min(now - this.before, 500) - this.took) * 0.1;
    this.before = now;
    if (this.took > SLOW && this.picture.density > 0.5) {
      this.picture.density *= 0.75;
      this.took = SLOW / 2;
    }
    const seen = [name, moment, this.view.changes, this.changes, this.picture.density].join();
    if (seen === this.seen) return; // it is on the screen already
    this.seen = seen;
    const light = this.memory.at(name, moment);
    this.picture.draw(light);
    this.desk.layers.shine(light, now);
  }
}
