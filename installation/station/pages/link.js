// The line to the house: one websocket that comes back by itself, and parcels that are opened.

const SOONEST = 500, LATEST = 5000; // ms between two tries

export class Link {
  // hello: () => the first message; hear: (message, bytes or null); state: (connected); path: of the websocket
  constructor(hello, hear, state, path = "/ws") {
    Object.assign(this, { hello, hear, state, path, pause: SOONEST, socket: null });
    addEventListener("online", () => this.open());
    this.open();
  }

  open() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.timer);
    this.resting = false;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.path}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = async ({ data }) => {
      this.pause = SOONEST;
      this.state(true);
      if (typeof data === "string") return this.hear(JSON.parse(data), null);
      const [head, bytes] = await parcel(data);
      this.hear(head, bytes);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.state(false);
      if (!this.resting) this.timer = setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(this.pause * 1.7, LATEST);
    };
    this.socket = socket;
  }

  // No more tries until somebody opens it.
  rest() {
    this.resting = true;
    clearTimeout(this.timer);
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

// Head and bytes of a parcel: a length, so much JSON, and the rest deflated.
export async function parcel(data) {
  const length = new DataView(data).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  const inflating = new Blob([new Uint8Array(data, 4 + length)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return [head, new Uint8Array(await new Response(inflating).arrayBuffer())];
}
