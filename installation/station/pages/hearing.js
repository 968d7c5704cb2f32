// Hears the microphone and hands on what has come, a fiftieth of a second at a time; it gives no sound itself.

const PIECE = 1024; // samples

registerProcessor("hearing", class extends AudioWorkletProcessor {
  constructor() {
    super();
    Object.assign(this, { piece: new Float32Array(PIECE), at: 0 });
  }

  process([[heard = []]]) {
    for (const sample of heard) {
      this.piece[this.at++] = sample;
      if (this.at === PIECE) {
        this.port.postMessage(this.piece);
        this.at = 0;
      }
    }
    return true;
  }
});
