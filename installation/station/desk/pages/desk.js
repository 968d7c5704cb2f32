// The operator's desk: every part hears what concerns it, and everything that is done goes through one door.

import { Body } from "/body.js";
import { Boxes } from "/desk/boxes.js";
import { Door } from "/desk/door.js";
import { Drawings } from "/desk/drawings.js";
import { Journal } from "/desk/journal.js";
import { Layers } from "/desk/layers.js";
import { Midi } from "/desk/midi.js";
import { Outputs } from "/desk/outputs.js";
import { Rooms } from "/desk/rooms.js";
import { Scenes } from "/desk/scenes.js";
import { Sounds } from "/desk/sounds.js";
import { Stage } from "/desk/stage.js";
import { Table, made, part } from "/desk/table.js";
import { Tabs } from "/desk/tabs.js";
import { Transport } from "/desk/transport.js";

const SHOWN = 6000; // ms that a fault stays

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const [table, body] = await Promise.all([Table.fetch(), Body.fetch(false)]);

// What all parts share. known: the newest of each message.
const desk = { table, known: {}, say: (wish) => desk.door.say(wish), set: (name, value) => desk.door.set(name, value), fault };
globalThis.desk = desk; // for the browser's console
desk.layers = new Layers(desk);
desk.stage = new Stage(desk, body);
desk.drawings = new Drawings(desk);
new Tabs();
const { layers, stage, drawings } = desk;
const parts = [layers, stage, drawings, new Rooms(desk), new Boxes(desk), new Transport(desk), new Scenes(desk), new Sounds(desk), new Outputs(desk), new Midi(desk), new Journal(desk)];
desk.door = new Door(table, hear);
parts.push(desk.door);

let heard = { at: 0, loop: 4, dream: "" }; // when the loop that is heard began (ms), how long it lasts (s), which dream it is

function hear(message, bytes) {
  const { say } = message;
  if (say === "fault") return fault(message.words);
  if (say === "now") heard = { at: performance.now() - 1000 * message.since, loop: message.loop, dream: message.dream };
  if (!bytes) desk.known[say] = message;
  if (say === "facts") facts(message);
  for (const each of parts) each[say]?.(message, bytes);
  return undefined;
}

function facts({ target, chosen }) {
  const field = part("target-text");
  if (document.activeElement !== field) field.value = brief(target);
  part("target-form").classList.toggle("chosen", chosen);
  part("target-free").disabled = !chosen;
}

part("target-form").onsubmit = (event) => {
  event.preventDefault();
  desk.say({ do: "target", text: part("target-text").value.trim() });
  part("target-text").blur();
};
part("target-text").onkeydown = ({ key }) => {
  if (key === "Escape") part("target-text").blur();
};
part("target-text").onfocus = () => (part("target-text").value = desk.known.facts?.target ?? "");
part("target-text").onblur = () => (part("target-text").value = brief(desk.known.facts?.target ?? ""));
part("target-free").onclick = () => {
  desk.say({ do: "target", text: "" });
  desk.say({ do: "release", name: "dream.hand" });
};

// A target without the long lists of single neurons; whoever writes in the field has all of it.
function brief(target) {
  return target.replace(/(neurons? [^\]]{8})[^\]]{8,}/g, "$1 …");
}

let fades = 0;
function fault(words) {
  part("fault").textContent = words;
  part("fault").hidden = false;
  clearTimeout(fades);
  fades = setTimeout(() => (part("fault").hidden = true), SHOWN);
}

function speak(code) {
  table.code = code;
  table.dress(document);
  for (const each of parts) each.dress?.();
}
part("language").append(...Object.entries(table.languages).map(([code, { name }]) => made("option", { value: code, textContent: name, lang: code })));
part("language").value = table.code;
part("language").onchange = () => speak(part("language").value);
speak(table.code);

function draw(now) {
  const along = ((now - heard.at) / 1000 / heard.loop) % 1, moment = along < 0 ? along + 1 : along;
  stage.draw(heard.dream, calm.matches ? null : moment, now);
  if (!calm.matches) drawings.play(moment);
  requestAnimationFrame(draw);
}
requestAnimationFrame(draw);
