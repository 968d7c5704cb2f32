// The same light drawn by the processor, which is faster than a graphics card that is only imitated.

import { HUES } from "/glow.js";

const GROUND = 0xff070403; // red, green and blue in the low bytes
const MARKS = [null, [0.55, 0.92, 1], [1, 0.8, 0.35], [1, 0.8, 0.35]];
const STEPS = 64; // of light for which colours are made

// Linear light at a depth 0..1.
export function hue(depth) {
  const at = depth * (HUES.length - 1), n = Math.min(HUES.length - 2, Math.floor(at));
  return HUES[n].map((light, k) => light + (HUES[n + 1][k] - light) * (at - n));
}

export class Splat {
  // depths: [neurons] of each neuron's layer, 0 first .. 1 last
  constructor(canvas, view, depths) {
    Object.assign(this, { canvas, view, marks: new Uint8Array(view.count), density: 1 });
    this.paper = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    const kinds = [...new Set(depths)];
    this.kinds = Uint8Array.from(depths, (depth) => kinds.indexOf(depth));
    this.colours = kinds.map((depth) => MARKS.map((mark) => colours(hue(depth), mark)));
  }

  mark(marks) {
    this.marks = marks;
  }

  // light: [neurons] 0..255
  draw(light) {
    const { view, canvas, marks, density } = this;
    const [wide, high] = [Math.round(view.width * density), Math.round(view.height * density)];
    if (!this.image || this.image.width !== wide || this.image.height !== high) {
      Object.assign(canvas, { width: wide, height: high });
      this.image = this.paper.createImageData(wide, high);
    }
    new Uint32Array(this.image.data.buffer).fill(GROUND);
    const { size, crisp, dim } = view.face(density), faces = [], dreamt = dim + 0.4 * (Math.sqrt(dim) - dim);
    view.each((n, x, y) => {
      const mark = marks[n], shine = light[n] / 255;
      const wanted = size * (1 + (1.5 - 0.9 * crisp) * shine + (mark ? 0.3 : 0)) + (mark > 2 ? 4 : 0);
      const quarters = Math.round(wanted * 2), radius = quarters / 4; // quarters of a pixel are enough
      const right = x * density, down = y * density;
      if (right < -radius || down < -radius || right > wide + radius || down > high + radius) return;
      this.stamp((faces[quarters] ??= face(radius, crisp)), right, down, this.colours[this.kinds[n]][mark], 3 * Math.round(shine * STEPS), mark === 1 ? dreamt : dim);
    });
    this.paper.putImageData(this.image, 0, 0);
  }

  // Adds a face to the picture around a place, in a colour of a list and clipped at the borders.
  stamp(face, x, y, colours, colour, dim) {
    const { side, values } = face, { data, width, height } = this.image;
    const left = Math.round(x - side / 2), top = Math.round(y - side / 2);
    const red = colours[colour] * dim, green = colours[colour + 1] * dim, blue = colours[colour + 2] * dim;
    const first = Math.max(0, -left), last = Math.min(side, width - left), end = Math.min(side, height - top);
    for (let row = Math.max(0, -top); row < end; row++) {
      let at = 4 * ((top + row) * width + left + first);
      for (let k = row * side + first, stop = row * side + last; k < stop; k++, at += 4) {
        const value = values[k];
        data[at] += red * value;
        data[at + 1] += green * value;
        data[at + 2] += blue * value;
      }
    }
  }
}

function smooth(along) {
  const at = Math.min(Math.max(along, 0), 1);
  return at * at * (3 - 2 * at);
}

// How bright a neuron of this radius is at each pixel of its square: a point of light, or a disc seen from near.
function face(radius, crisp) {
  const side = Math.max(1, Math.round(2 * radius)), values = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const near = Math.max(0, 1 - Math.hypot(column + 0.5 - side / 2, row + 0.5 - side / 2) / radius);
      const disc = smooth(near / 0.12) * (0.55 + 0.35 * (1 - smooth(near / 0.28)) + 0.2 * near);
      const glow = near * (0.35 + near);
      values[row * side + column] = glow + (disc - glow) * crisp;
    }
  }
  return { side, values };
}

// Red, green and blue 0..255 for every step of light.
function colours(hue, mark) {
  const colour = mark ? hue.map((light, k) => light + (mark[k] - light) * 0.75) : hue;
  return Float32Array.from({ length: 3 * (STEPS + 1) }, (_, k) => 255 * Math.sqrt(colour[k % 3] * (0.06 + (mark ? 0.22 : 0) + Math.floor(k / 3) / STEPS)));
}
