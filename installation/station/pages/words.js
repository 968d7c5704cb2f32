// What the page says, in the visitor's language; each language is named in itself.

export class Words {
  static async fetch() {
    return new Words(await (await fetch("/words.json")).json());
  }

  constructor({ default: usual, languages }) {
    Object.assign(this, { usual, languages, code: usual });
  }

  // The first of the browser's languages that is spoken here.
  preferred() {
    const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find((code) => code in this.languages);
    return spoken ?? this.usual;
  }

  say(key, values = {}) {
    return (this.languages[this.code].says[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  slider(name) {
    return this.languages[this.code].sliders[name];
  }

  number(value, digits = 0) {
    return value.toLocaleString(this.code, { minimumFractionDigits: 0, maximumFractionDigits: digits });
  }

  // Everything on the page that says or is called something.
  dress(page) {
    document.documentElement.lang = this.code;
    for (const part of page.querySelectorAll("[data-say]")) part.textContent = this.say(part.dataset.say);
    for (const part of page.querySelectorAll("[data-label]")) part.setAttribute("aria-label", this.say(part.dataset.label));
  }

  hertz(value) {
    return value < 1000 ? `${this.number(Math.round(value))} Hz` : `${this.number(value / 1000, 1)} kHz`;
  }

  seconds(value) {
    return value < 1 ? `${this.number(Math.round(value * 100) * 10)} ms` : `${this.number(value, 1)} s`;
  }

  // What lives at a place, sentence by sentence.
  place({ layer, of, low, high, seconds }) {
    const octaves = Math.log2(high / low);
    const third = Math.min(2, Math.floor(((layer - 1) / of) * 3));
    const heard = { octaves: this.number(octaves, 1), low: this.hertz(low), high: this.hertz(high) };
    const told = [this.say("here", { layer, of, depth: this.say(`depth_${third}`) }), this.say(octaves < 0.15 ? "narrow" : "pitch", heard)];
    if (seconds !== null) {
      const like = seconds < 0.12 ? 0 : seconds < 0.5 ? 1 : seconds < 1.2 ? 2 : 3;
      told.push(this.say("time", { time: this.seconds(seconds), like: this.say(`like_${like}`) }));
    }
    return told;
  }
}
