// The loop that is heard, as the ear hears it, where it would like to change, and how well it does.

import { curve, pitches } from "/desk/plots.js";
import { written } from "/desk/scale.js";
import { part } from "/desk/table.js";

const KEPT = 6; // loops
const MOST = 2000; // scores of one run

export class Drawings {
  constructor(desk) {
    Object.assign(this, { desk, loops: new Map(), run: 0, first: 0, course: [], before: [], drawn: "", wide: [0, 0] });
    this.heads = [...document.querySelectorAll(".head")];
    new ResizeObserver(() => {
      this.wide = this.heads.map((head) => head.parentElement.clientWidth);
      this.draw();
    }).observe(part("plots"));
  }

  dress() {
    this.draw();
  }

  loop(message, bytes) {
    const cells = message.bins * message.frames;
    this.loops.set(message.dream, {
      ...message,
      levels: bytes.subarray(0, cells),
      slopes: message.slope ? new Int8Array(bytes.buffer, bytes.byteOffset + cells, cells) : null,
    });
    while (this.loops.size > KEPT) this.loops.delete(this.loops.keys().next().value);
    this.heard();
  }

  now() {
    this.heard();
  }

  scores(message) {
    if (message.run !== this.run) Object.assign(this, { run: message.run, before: this.course, course: [], first: message.first });
    this.course.length = Math.max(0, message.first - this.first); // what was told twice counts once
    for (let n = 0; n < this.course.length; n++) this.course[n] ??= null;
    this.course.push(...message.scores);
    if (this.course.length > MOST) this.first += this.course.splice(0, this.course.length - MOST).length;
    if (this.course.length > MOST / 2) this.before = [];
    this.score();
  }

  heard() {
    const dream = this.desk.known.now?.dream ?? "";
    if (this.loops.has(dream) && this.drawn !== dream) this.draw();
  }

  draw() {
    const dream = this.desk.known.now?.dream ?? "", loop = this.loops.get(dream), { table } = this.desk;
    this.score();
    if (!loop) return;
    this.drawn = dream;
    pitches(part("scalogram"), loop.levels, loop, table.scalogram);
    part("scalogram").setAttribute("aria-label", table.say("scalogram_told", { seconds: table.number(loop.seconds, 1), target: loop.target }));
    part("scalogram-told").textContent = table.seconds(loop.seconds);
    part("gradient-told").textContent = loop.slopes ? `± ${written(loop.scale)}` : table.say("no_gradient");
    part("gradient").setAttribute("aria-label", `${table.say("gradient")}: ${part("gradient-told").textContent}`);
    pitches(part("gradient"), loop.slopes ?? new Int8Array(loop.levels.length), loop, table.scalogram);
  }

  score() {
    const last = this.course.findLast((score) => score !== null);
    curve(part("loss"), this.before, this.course, (value) => this.desk.table.number(value, 2));
    part("loss-told").textContent = last === undefined ? "" : this.desk.table.say("score", { score: this.desk.table.number(last, 2), step: this.first + this.course.length - 1 });
    part("loss").setAttribute("aria-label", `${this.desk.table.say("loss")}: ${part("loss-told").textContent}`);
  }

  // The play-head, at a moment 0..1 of the loop.
  play(moment) {
    this.heads.forEach((head, n) => (head.style.transform = `translateX(${(moment * this.wide[n]).toFixed(1)}px)`));
  }
}
