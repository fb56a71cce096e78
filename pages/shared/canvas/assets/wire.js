// What comes from Python and what goes back.
const TYPES = { uint8: Uint8Array, uint16: Uint16Array, float64: Float64Array };

/** Split a message of raw bytes into its header and its arrays by name. */
export async function unpacked(message) {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  const size = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(await new Response(inflated(bytes.subarray(4, 4 + size))).text());
  const body = bytes.slice(4 + 4 * Math.ceil(size / 4)).buffer; // single floats begin at a multiple of four
  const arrays = new Map();
  for (const [name, [at, length, type]] of Object.entries(header.arrays)) {
    const packed = () => new Response(inflated(new Uint8Array(body, 4 * at, length))).arrayBuffer();
    arrays.set(name, type ? new TYPES[type](await packed()) : new Float32Array(body, 4 * at, length));
  }
  return { header, arrays };
}

const inflated = (bytes) => new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));

/** Plain data that has travelled among the arrays. */
export const textOf = (array) => JSON.parse(new TextDecoder().decode(array));

/**
 * Tells Python what the visitor did. One message is under way at a time and what happens meanwhile is
 * merged into the next, so a drag streams as fast as the server answers and never queues up.
 */
export class Reporter {
  constructor() {
    this.last = Math.floor(Math.random() * 1e9); // another tab or a reload must not be taken for this one
    this.waiting = null;
    this.sent = 0;
  }

  connect(send) {
    this.send = send;
  }

  report(act) {
    const set = act.set && { ...this.waiting?.set, ...act.set };
    this.waiting = { ...this.waiting, ...act, ...(set && { set }) };
    if (act.view) this.waiting.view = { ...act.view };
    this.flush();
  }

  /** Python has answered the message with this number. */
  answered(number) {
    if (number === this.last) {
      this.sent = 0;
      this.flush();
    }
  }

  get busy() {
    return this.sent > 0 && performance.now() - this.sent < 3000; // an answer that got lost blocks nothing for long
  }

  flush() {
    if (!this.waiting || this.busy) return;
    const act = { ...this.waiting, id: ++this.last };
    this.waiting = null;
    this.sent = performance.now();
    this.send(act);
    setTimeout(() => this.flush(), 3100);
  }
}
