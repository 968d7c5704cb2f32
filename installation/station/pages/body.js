// The body: where every neuron stands, which one is touched, and where a neuron is seen.

import { parcel } from "./link.js";

const WHOLE = 32767;
const MARGIN = 1.09; // times the body's radius that the picture shows

export class Body {
  static async fetch(few) {
    const answer = await fetch(few ? "/body-few" : "/body");
    const [head, bytes] = await parcel(await answer.arrayBuffer());
    return new Body(head.counts, bytes);
  }

  constructor(counts, bytes) {
    const many = counts.reduce((sum, count) => sum + count, 0);
    this.counts = counts; // neurons of each layer, first to last
    this.units = new Int32Array(bytes.buffer, 0, many); // their numbers in the whole network
    this.places = new Float32Array(2 * many);
    const whole = new Int16Array(bytes.buffer, 4 * many, 3 * many);
    this.space = Float32Array.from(whole, (at) => at / WHOLE); // [neurons x 3]
    let [low, high] = [[1, 1], [-1, -1]];
    for (let n = 0; n < many; n++) {
      for (const axis of [0, 1]) {
        const at = this.space[3 * n + axis];
        this.places[2 * n + axis] = at;
        low[axis] = Math.min(low[axis], at);
        high[axis] = Math.max(high[axis], at);
      }
    }
    this.middle = [0, 1].map((axis) => (low[axis] + high[axis]) / 2);
    this.half = [0, 1].map((axis) => ((high[axis] - low[axis]) / 2) * MARGIN);
    this.starts = counts.map((_, layer) => counts.slice(0, layer).reduce((sum, count) => sum + count, 0));
    this.resize(1, 1);
  }

  // How the body fits into so many pixels.
  resize(width, height) {
    this.scale = Math.min(width / 2 / this.half[0], height / 2 / this.half[1]); // pixels
    Object.assign(this, { width, height });
  }

  // Where neuron n (counted among those that are here) is seen, in pixels.
  seen(n) {
    return [
      this.width / 2 + (this.places[2 * n] - this.middle[0]) * this.scale,
      this.height / 2 - (this.places[2 * n + 1] - this.middle[1]) * this.scale,
    ];
  }

  // The neuron nearest to a pixel, or -1 where none is within reach.
  near(x, y, reach = 60) {
    const at = [this.middle[0] + (x - this.width / 2) / this.scale, this.middle[1] - (y - this.height / 2) / this.scale];
    let [best, least] = [-1, (reach / this.scale) ** 2];
    for (let n = 0; n < this.units.length; n++) {
      const away = (this.places[2 * n] - at[0]) ** 2 + (this.places[2 * n + 1] - at[1]) ** 2;
      if (away < least) [best, least] = [n, away];
    }
    return best;
  }

  // The neuron here that has, or comes next to, a number in the whole network.
  find(unit) {
    let [low, high] = [0, this.units.length - 1];
    while (low < high) {
      const half = (low + high) >> 1;
      if (this.units[half] < unit) low = half + 1;
      else high = half;
    }
    return low;
  }

  layer(n) {
    let layer = this.starts.length - 1;
    while (layer > 0 && (this.starts[layer] > n || !this.counts[layer])) layer--;
    return layer;
  }

  // How deep a layer lies, 0 first .. 1 last.
  depth(layer) {
    return layer / Math.max(1, this.counts.length - 1);
  }

  // A neuron so many layers on, at the same share of its layer; or, with layers 0, a step along its own layer.
  beside(n, layers, steps) {
    const from = this.layer(n);
    const along = (n - this.starts[from] + 0.5) / this.counts[from];
    const to = Math.min(Math.max(from + layers, 0), this.counts.length - 1);
    const stride = Math.max(1, Math.round(this.counts[to] / 24)) * steps;
    const at = Math.floor(along * this.counts[to]) + stride;
    return this.starts[to] + ((at % this.counts[to]) + this.counts[to]) % this.counts[to];
  }
}
