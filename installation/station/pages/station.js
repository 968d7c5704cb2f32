// The station: the body answers to what is heard, and whoever touches it decides what is dreamt of.

import { Body } from "./body.js";
import { Dots } from "./dots.js";
import { Glow } from "./glow.js";
import { Lend } from "./lend.js";
import { Link } from "./link.js";
import { COLOURS, Panel } from "./panel.js";
import { Memory } from "./thought.js";
import { Words } from "./words.js";

const OFTEN = 80; // ms between two touches that are told, while a finger moves
const SLOW = 60; // ms a picture may take on average, or it is drawn with fewer pixels
const AGAIN = 1000; // ms between two tries to load what the page needs
const SMALL = 900; // pixels: a narrower screen is a phone, which gets fewer neurons

const canvas = document.getElementById("body");
const stage = document.getElementById("stage");
const rings = document.getElementById("rings");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const few = Math.min(screen.width, screen.height) < SMALL && navigator.maxTouchPoints > 0;
const [words, body] = await Promise.all([patiently(() => Words.fetch()), patiently(() => Body.fetch(few))]);
const memory = new Memory(body);
const picture = drawn();
let heard = { dream: "", at: 0, loop: 4 }; // which dream, when it began (ms), how long it lasts (s)
let you = { colour: null, place: null };
let all = [];
let key = location.hash.slice(1);

const panel = new Panel(words, body, (wish) => link.say(wish), touch);
const lend = new Lend(words, (wish) => link.say(wish), () => key);
const link = new Link(() => ({ do: "hello", role: "visitor", key, few }), hear, (connected) => panel.connected(connected));

// A network that is lost while the page is being loaded must not leave it half there.
async function patiently(fetch) {
  for (;;) {
    try {
      return await fetch();
    } catch {
      await new Promise((done) => setTimeout(done, AGAIN));
    }
  }
}

function drawn() {
  try {
    return new Glow(canvas, body);
  } catch {
    return new Dots(canvas, body);
  }
}

function hear(message, bytes) {
  if (message.say === "dream") memory.learn(message.dream, message.steps, bytes);
  if (message.say === "now") heard = { dream: message.dream, at: performance.now() - 1000 * message.since, loop: message.loop };
  if (message.say === "all") show((all = message.places));
  if (message.say === "you") {
    you = message;
    if (key !== you.key) {
      key = you.key;
      if (you.role === "phone") history.replaceState(null, "", `#${key}`); // so that a reload comes back to the same seat
    }
    stage.classList.toggle("yours", you.colour !== null);
    panel.show(you);
    lend.show(you);
  }
}

// Everybody's place, ringed in their colour.
function show(places) {
  while (rings.children.length > places.length) rings.lastChild.remove();
  places.forEach(([unit, colour, weight], n) => {
    const ring = rings.children[n] ?? rings.appendChild(Object.assign(document.createElement("i"), { className: "ring" }));
    const [x, y] = body.seen(body.find(unit));
    Object.assign(ring.style, { left: `${x}px`, top: `${y}px`, color: COLOURS[colour % COLOURS.length], opacity: 0.35 + 0.65 * weight });
  });
}

let last = 0, waits = null;
function touch(n) {
  if (n < 0 || you.colour === null) return;
  clearTimeout(waits);
  const pause = last + OFTEN - performance.now();
  if (pause > 0) return void (waits = setTimeout(() => touch(n), pause));
  last = performance.now();
  link.say({ do: "touch", unit: body.units[n] });
}

function finger(event) {
  if (event.type === "pointerdown") canvas.setPointerCapture(event.pointerId);
  if (event.buttons & 1) touch(body.near(event.offsetX, event.offsetY));
}
canvas.addEventListener("pointerdown", finger);
canvas.addEventListener("pointermove", finger);
addEventListener("contextmenu", (event) => event.preventDefault());

new ResizeObserver(() => {
  body.resize(stage.clientWidth, stage.clientHeight);
  show(all);
}).observe(stage);
body.resize(stage.clientWidth, stage.clientHeight);

let before = 0, took = 16;
function draw(now) {
  took += (Math.min(now - before, 500) - took) * 0.1;
  before = now;
  if (took > SLOW && picture.density > 0.5) {
    picture.density *= 0.75;
    took = SLOW / 2;
  }
  const moment = calm.matches ? null : ((now - heard.at) / 1000 / heard.loop) % 1;
  picture.draw(memory.at(heard.dream, moment), you.place ? you.place.layer - 1 : -1);
  requestAnimationFrame(draw);
}
requestAnimationFrame(draw);
