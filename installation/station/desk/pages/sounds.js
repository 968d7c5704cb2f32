// The start clips: chosen, brought along by a button or by dropping a file anywhere, removed.

import { removes, replaced } from "/desk/scenes.js";
import { made, part } from "/desk/table.js";

export class Sounds {
  constructor(desk) {
    this.desk = desk;
    part("upload-choose").onclick = () => part("upload-file").click();
    part("upload-file").onchange = () => {
      for (const file of part("upload-file").files) this.upload(file);
      part("upload-file").value = "";
    };
    part("again").onclick = () => desk.say({ do: "cue", name: "again", text: "" });
    addEventListener("dragover", (event) => this.over(event));
    addEventListener("dragleave", (event) => event.relatedTarget ?? (part("catch").hidden = true));
    addEventListener("drop", (event) => this.drop(event));
  }

  over(event) {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    part("catch").hidden = this.desk.door.role !== "operator";
  }

  drop(event) {
    part("catch").hidden = true;
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    for (const file of event.dataTransfer.files) this.upload(file);
  }

  async upload(file) {
    const { table, door } = this.desk;
    if (door.role !== "operator") return;
    part("upload-choose").disabled = true;
    part("upload-choose").textContent = table.say("uploading");
    const name = encodeURIComponent(file.name.replace(/\.\w+$/, ""));
    try {
      const answer = await fetch(`/desk/clip?name=${name}`, { method: "POST", headers: { "X-Desk": door.key }, body: file });
      if (!answer.ok) this.desk.fault((await answer.json().catch(() => ({}))).words ?? table.say("upload_failed", { name: file.name }));
    } catch {
      this.desk.fault(table.say("upload_failed", { name: file.name }));
    }
    part("upload-choose").disabled = false;
    part("upload-choose").textContent = table.say("upload");
  }

  clips({ clips, chosen }) {
    const { table } = this.desk;
    replaced(part("clips"), clips.map(({ name, own }) => {
      const choose = made("button", { type: "button", className: "main", textContent: name });
      choose.setAttribute("aria-pressed", String(name === chosen));
      if (own) choose.append(made("span", { className: "told", textContent: table.say("own") }));
      choose.onclick = () => this.desk.say({ do: "clip", name });
      return made("li", {}, choose, ...(own ? [removes(table, name, () => this.desk.say({ do: "unclip", name }))] : []));
    }));
  }

  dress() {
    if (this.desk.known.clips) this.clips(this.desk.known.clips);
  }
}
