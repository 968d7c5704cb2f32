// Where the desk looks at the body from: near or far, moved aside, turned and tilted; and which neuron is seen where.

const MARGIN = 1.06; // times the body's size that is shown when all of it is
const NEAREST = 120, FARTHEST = 0.4; // times the scale at which the whole body is seen
const UPRIGHT = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const ROOM = 1.5; // sides of an even share of the body that a neuron may fill
const LEAST = 2.2, MOST = 72; // pixels of a neuron: what is smaller flickers when it is moved
const CLOSE = 7; // pixels from which on neurons grow more slowly than the space between them, and become discs

export class View {
  // places: [neurons x 3] in the unit ball
  constructor(places) {
    this.places = places;
    this.count = places.length / 3;
    const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    for (let n = 0; n < this.count; n++) {
      for (const axis of [0, 1]) {
        low[axis] = Math.min(low[axis], places[3 * n + axis]);
        high[axis] = Math.max(high[axis], places[3 * n + axis]);
      }
    }
    this.home = [0, 1].map((axis) => (low[axis] + high[axis]) / 2);
    this.half = [0, 1].map((axis) => Math.max(1e-6, (high[axis] - low[axis]) / 2) * MARGIN);
    Object.assign(this, { width: 1, height: 1, whole: true, changes: 0 });
    this.fit();
  }

  resize(width, height) {
    const before = this.least;
    Object.assign(this, { width: Math.max(1, width), height: Math.max(1, height) });
    if (this.whole) this.fit();
    else this.scale *= this.least / before;
    this.changes += 1;
  }

  // Pixels of a unit when the whole body is seen.
  get least() {
    return Math.min(this.width / 2 / this.half[0], this.height / 2 / this.half[1]);
  }

  fit() {
    Object.assign(this, { turned: UPRIGHT, at: [...this.home], scale: this.least, whole: true });
    this.changes += 1;
  }

  // Pixels that a neuron has to itself, more or less.
  get room() {
    return (this.scale * ROOM) / Math.sqrt(this.count);
  }

  // Pixels of a neuron at rest where a pixel of the page is so many of the picture; how much a disc it is, 0..1; and how
  // much of its light is shown where neurons are drawn larger than there is room for.
  face(density) {
    const room = this.room * density, close = CLOSE * density;
    const size = Math.min(Math.max(LEAST, room > close ? close * (room / close) ** 0.6 : room), MOST * density);
    const along = Math.min(Math.max((size / density - 4) / 12, 0), 1);
    return { size, crisp: along * along * (3 - 2 * along), dim: Math.min(1, (room / size) ** 1.5) };
  }

  zoom(x, y, times) {
    const [right, up] = this.under(x, y);
    const scale = Math.min(Math.max(this.scale * times, this.least * FARTHEST), this.least * NEAREST);
    this.at = [right + (this.at[0] - right) * (this.scale / scale), up + (this.at[1] - up) * (this.scale / scale)];
    Object.assign(this, { scale, whole: false });
    this.changes += 1;
  }

  pan(x, y) {
    this.at = [this.at[0] - x / this.scale, this.at[1] + y / this.scale];
    this.whole = false;
    this.changes += 1;
  }

  // Turn in the picture's plane and lean towards us or away, in radians, around the middle of the picture.
  turn(roll, lean) {
    const middle = times(transposed(this.turned), [...this.at, 0]);
    const [c, s, d, t] = [Math.cos(roll), Math.sin(roll), Math.cos(lean), Math.sin(lean)];
    this.turned = product([1, 0, 0, 0, d, -t, 0, t, d], product([c, -s, 0, s, c, 0, 0, 0, 1], this.turned));
    this.at = times(this.turned, middle).slice(0, 2);
    this.whole = false;
    this.changes += 1;
  }

  // The place under a pixel, in the body's unit, in the picture's plane.
  under(x, y) {
    return [this.at[0] + (x - this.width / 2) / this.scale, this.at[1] - (y - this.height / 2) / this.scale];
  }

  // Where neuron n is seen, in pixels.
  seen(n) {
    const [a, b, c, d, e, f] = this.turned, [x, y, z] = this.places.subarray(3 * n, 3 * n + 3);
    return [
      this.width / 2 + (a * x + b * y + c * z - this.at[0]) * this.scale,
      this.height / 2 - (d * x + e * y + f * z - this.at[1]) * this.scale,
    ];
  }

  // Calls `look` with every neuron's number and the pixel at which it is seen.
  each(look) {
    const [a, b, c, d, e, f] = this.turned, { places, scale, width, height, at } = this;
    const right = width / 2 - at[0] * scale, down = height / 2 + at[1] * scale;
    for (let n = 0, k = 0; n < this.count; n++, k += 3) {
      const x = places[k], y = places[k + 1], z = places[k + 2];
      look(n, right + (a * x + b * y + c * z) * scale, down - (d * x + e * y + f * z) * scale);
    }
  }

  // The neuron that is seen nearest to a pixel, or -1 where none is within reach.
  near(x, y, reach) {
    let best = -1, least = reach * reach;
    this.each((n, right, down) => {
      const away = (right - x) ** 2 + (down - y) ** 2;
      if (away < least) [best, least] = [n, away];
    });
    return best;
  }

  // All neurons inside a line that closes itself, [[x, y], ...] in pixels, by the even-odd rule.
  within(line) {
    const xs = line.map(([x]) => x), ys = line.map(([, y]) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const found = [];
    this.each((n, x, y) => {
      if (x < left || x > right || y < top || y > bottom) return;
      let inside = false;
      for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
        const above = ys[i] > y;
        if (above !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) inside = !inside;
      }
      if (inside) found.push(n);
    });
    return found;
  }
}

function product(a, b) {
  return a.map((_, k) => [0, 1, 2].reduce((sum, n) => sum + a[3 * Math.floor(k / 3) + n] * b[3 * n + (k % 3)], 0));
}

function transposed(a) {
  return a.map((_, k) => a[3 * (k % 3) + Math.floor(k / 3)]);
}

function times(a, v) {
  return [0, 1, 2].map((row) => a[3 * row] * v[0] + a[3 * row + 1] * v[1] + a[3 * row + 2] * v[2]);
}
