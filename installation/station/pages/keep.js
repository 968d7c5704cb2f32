// A loop to take home, while its hour lasts.

import { Words } from "./words.js";

const part = (id) => document.getElementById(id);
const here = location.pathname.replace(/\/$/, "");
const words = await Words.fetch();
words.code = words.preferred();
words.dress(document);
const there = await fetch(`${here}/body.png`, { method: "HEAD" });
if (there.ok) {
  part("picture").src = part("save-picture").href = `${here}/body.png`;
  part("sound").src = part("save-sound").href = `${here}/loop.wav`;
  part("picture").alt = words.say("keepsake");
  part("sound").setAttribute("aria-label", words.say("keepsake"));
  for (const id of ["picture", "sound", "saves"]) part(id).hidden = false;
} else {
  part("words").textContent = words.say("keepsake_gone");
}
