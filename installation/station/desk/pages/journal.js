// What is told below and in the log: lines as they come, loudness, tempo, who else is here.

import { made, part } from "/desk/table.js";

const MOST = 400; // lines
const QUIET = -60; // LUFS at the meter's left end
const LIMIT = -1; // dBTP that nothing exceeds
const READ = 1000; // ms between two readings for those who listen to the page

const along = (decibels) => Math.min(Math.max((decibels - QUIET) / -QUIET, 0), 1);

export class Journal {
  constructor(desk) {
    Object.assign(this, { desk, newest: -1, spoken: 0 });
    this.list = part("lines-of-log");
    this.marks = Object.fromEntries(["peak", "aim", "limit"].map((name) => [name, part("meter").querySelector(`.${name}`)]));
    this.at("limit", LIMIT);
  }

  log({ lines }) {
    const fresh = lines.filter(({ n }) => n > this.newest);
    if (!fresh.length) return;
    this.newest = fresh.at(-1).n;
    const below = this.list.scrollTop + this.list.clientHeight > this.list.scrollHeight - 30;
    this.list.append(...fresh.map(({ time, level, words }) => made("p", { className: level }, made("time", { dateTime: time, textContent: this.desk.table.moment(time) }), words)));
    while (this.list.children.length > MOST) this.list.firstChild.remove();
    if (below) this.list.scrollTop = this.list.scrollHeight;
    const { level, words } = fresh.at(-1);
    part("said").className = level;
    part("said").textContent = words;
  }

  facts({ message, tempo, master, loop, fps }) {
    const { table } = this.desk;
    part("tempo").textContent = table.say("tempo", { tempo: table.number(tempo, 1), master });
    part("place").textContent = table.say("loops", { loop, fps: table.number(fps) });
    if (message && message !== this.message) this.desk.fault(message);
    this.message = message;
  }

  meter({ momentary, peak, loudness, target, dba, ceiling }) {
    const { table } = this.desk, now = performance.now();
    part("meter").style.setProperty("--loud", `${(100 * along(momentary)).toFixed(1)}%`);
    this.at("peak", peak);
    this.at("aim", target);
    if (now - this.spoken < READ) return;
    this.spoken = now;
    part("meter").setAttribute("aria-valuenow", String(Math.round(Math.max(momentary, QUIET))));
    part("meter").setAttribute("aria-valuetext", `${table.number(momentary, 1)} LUFS`);
    const limit = ceiling === null ? table.say("uncalibrated") : table.say("ceiling", { now: table.number(dba ?? 0), level: table.number(ceiling) });
    part("meter-told").textContent = `${table.number(momentary, 1)} LUFS (${table.number(loudness, 1)}) · ${table.number(peak, 1)} dBTP · ${limit}`;
  }

  at(name, decibels) {
    this.marks[name].style.left = `calc(${(100 * along(decibels)).toFixed(1)}% - 2px)`;
  }

  desks({ desks }) {
    const { table } = this.desk;
    const named = ({ desk, role, you }) => [desk, role === "reader" ? `(${table.say("reads")})` : "", you ? `(${table.say("you")})` : ""].filter(Boolean).join(" ");
    part("desks").textContent = desks.map(named).join(" · ");
  }

  dress() {
    const { facts, desks } = this.desk.known;
    if (facts) this.facts(facts);
    if (desks) this.desks(desks);
  }
}
