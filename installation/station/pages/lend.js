// Four seconds of a visitor's own: asked for, counted, seen, sent, and kept by nobody.

const READY = 3, SECONDS = 4, SEAM = 0.25; // seconds: to get ready, that are heard, and more for the loop to close
const FLOOR = 60; // dB below full scale at which the level begins
const READ = 4000; // ms in which the thanks can be read

const part = (id) => document.getElementById(id);

// A page hears only where it came from this machine or over https.
const able = Boolean(isSecureContext && navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode);

export class Lend {
  // say: tells the house a wish; key: () => by which the house knows us
  constructor(words, say, key) {
    Object.assign(this, { words, say, key, ending: null });
    part("lend").onclick = () => this.ask();
    part("lend-yes").onclick = () => this.listen();
    part("lending").addEventListener("close", () => this.end());
  }

  show(you) {
    part("lend").hidden = !able || !you.lends;
    if (!you.lends && part("lending").open) part("lending").close();
  }

  ask() {
    this.say({ do: "stay" });
    this.tell(this.words.say("lend_ask"));
    part("lend-yes").hidden = false;
    part("lending").showModal();
  }

  end() {
    this.ending?.abort();
    clearTimeout(this.closing);
    this.tell("");
  }

  async listen() {
    const { words, ending } = Object.assign(this, { ending: new AbortController() });
    part("lend-yes").hidden = true;
    this.tell(words.say("lend_wait"));
    try {
      const [samples, rate] = await heard(ending.signal, (level, since) => this.count(level, since));
      this.tell(words.say("lend_sending"));
      const headers = { "X-Guest": this.key(), "Content-Type": "application/octet-stream" };
      const answer = await fetch(`/lend?rate=${rate}`, { method: "POST", headers, body: samples, signal: ending.signal });
      if (!answer.ok) return this.again(answer.status === 422 ? words.say("lend_silent") : words.say("lend_failed"));
      this.tell(words.say("lend_thanks"));
      this.closing = setTimeout(() => part("lending").close(), READ);
    } catch (error) {
      if (ending.signal.aborted) return;
      const shut = ["NotAllowedError", "NotFoundError", "NotReadableError"].includes(error.name);
      this.again(shut ? words.say("lend_shut") : words.say("lend_failed"));
    }
  }

  again(told) {
    this.tell(told);
    part("lend-yes").hidden = false;
  }

  // level: 0..1; since: seconds since the first that counts, negative before it
  count(level, since) {
    const now = since >= 0;
    const told = now ? this.words.say("lend_now") : this.words.say("lend_ready");
    if (part("lend-told").textContent !== told) this.tell(told); // once: it is read aloud
    part("lend-count").textContent = Math.max(0, Math.ceil(now ? SECONDS - since : -since));
    part("lend-count").classList.toggle("now", now);
    part("lend-count").hidden = part("lend-level").hidden = false;
    part("lend-level").value = level;
  }

  tell(told) {
    part("lend-told").textContent = told;
    part("lend-count").hidden = part("lend-level").hidden = true;
  }
}

// The samples of the microphone after a while to get ready, int16, and their rate; `each` is told the level meanwhile.
async function heard(signal, each) {
  const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext();
  try {
    await context.audioWorklet.addModule("/hearing.js");
    signal.throwIfAborted();
    const ear = new AudioWorkletNode(context, "hearing", { channelCount: 1, channelCountMode: "explicit" });
    context.createMediaStreamSource(stream).connect(ear).connect(context.destination); // what leads nowhere is not heard
    const rate = context.sampleRate, samples = new Int16Array(Math.ceil((SECONDS + SEAM) * rate));
    await new Promise((done, fail) => {
      let at = -Math.round(READY * rate);
      signal.addEventListener("abort", () => fail(signal.reason));
      ear.port.onmessage = ({ data }) => {
        for (const sample of data) samples[at++] = 32767 * Math.max(-1, Math.min(sample, 1)); // none before 0 or after the end
        each(loudness(data), at / rate);
        if (at >= samples.length) done();
      };
    });
    return [samples, rate];
  } finally {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
  }
}

// 0..1, from FLOOR below full scale.
function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.max(0, 1 + (10 * Math.log10(power + 1e-12)) / FLOOR);
}
