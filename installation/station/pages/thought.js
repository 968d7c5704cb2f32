// What all neurons answer over one loop: four bits a step, read at the moment that is heard.

const LEVELS = Float32Array.from({ length: 16 }, (_, level) => {
  const spreads = 0.15 * 2 ** ((level - 1) / 2); // above rest; every level is half an octave more
  return level ? (255 * spreads) / (spreads + 2.5) : 0; // as an eye sees it: 2.5 spreads give half of the light
});

export class Thought {
  // steps: of each layer in the loop; bytes: neuron after neuron all its steps, two to a byte, the first in the low half
  constructor(body, steps, bytes) {
    Object.assign(this, { body, steps });
    this.levels = new Uint8Array(2 * bytes.length);
    for (let n = 0; n < bytes.length; n++) {
      this.levels[2 * n] = bytes[n] & 15;
      this.levels[2 * n + 1] = bytes[n] >> 4;
    }
  }

  // The light 0..255 of every neuron at a moment 0..1 of the loop.
  shine(moment, light) {
    let at = 0, n = 0;
    this.body.counts.forEach((count, layer) => {
      const steps = this.steps[layer];
      const place = moment * steps - 0.5 + steps;
      const first = Math.floor(place) % steps, second = (first + 1) % steps;
      const along = place - Math.floor(place);
      for (const end = n + count; n < end; n++, at += steps) {
        const here = LEVELS[this.levels[at + first]];
        light[n] = here + (LEVELS[this.levels[at + second]] - here) * along;
      }
    });
  }

  // The mean light of the whole loop, for eyes that want no motion.
  rest(light) {
    let at = 0, n = 0;
    this.body.counts.forEach((count, layer) => {
      const steps = this.steps[layer];
      for (const end = n + count; n < end; n++, at += steps) {
        let sum = 0;
        for (let step = 0; step < steps; step++) sum += LEVELS[this.levels[at + step]];
        light[n] = sum / steps;
      }
    });
  }
}

// The last few thoughts by name, and the light of the one that is heard.
export class Memory {
  constructor(body) {
    Object.assign(this, { body, thoughts: new Map(), light: new Uint8Array(body.units.length), calm: null });
  }

  learn(name, steps, bytes) {
    this.thoughts.delete(name);
    this.thoughts.set(name, new Thought(this.body, steps, bytes));
    while (this.thoughts.size > 4) this.thoughts.delete(this.thoughts.keys().next().value);
    this.calm = null;
  }

  // moment: 0..1 in the loop, or null for its mean
  at(name, moment) {
    const thought = this.thoughts.get(name);
    if (!thought) this.light.fill(0);
    else if (moment !== null) thought.shine(moment, this.light);
    else if (this.calm !== name) thought.rest(this.light);
    this.calm = moment === null ? name : null;
    return this.light;
  }
}
