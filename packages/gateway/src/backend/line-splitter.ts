// Bytes to lines. Pure; one instance a connection. Does not decode text, and loses no line but one over the limit.
//
//   line LF | line CR LF      the end is not part of the line, and does not count towards its limit

export interface LineSplitter {
  /** Call when `next` has answered `undefined`. The chunk must stay as it is until then. */
  push(chunk: Uint8Array): void;
  /** The next line, valid until the next call; `undefined` when its end is still missing. */
  next(): Uint8Array | undefined;
  /** Lines over the limit so far; each was left out up to its end. */
  readonly overlongLines: number;
  /** Bytes of a line whose end is missing. */
  readonly pendingBytes: number;
}

export interface LineLimits {
  /** Longest line, without its end. */
  readonly lineMaxBytes: number;
}

export function createLineSplitter(limits: LineLimits): LineSplitter {
  return new ChunkLineSplitter(limits);
}

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = new Uint8Array();

class ChunkLineSplitter implements LineSplitter {
  readonly #lineMaxBytes: number;
  #chunk: Uint8Array = EMPTY;
  #position = 0;
  /** The beginning of a line from earlier chunks; grows by doubling, so that a trickle of bytes is not quadratic. */
  #head: Uint8Array = EMPTY;
  #headBytes = 0;
  #isSkipping = false;
  #overlongLines = 0;

  constructor({ lineMaxBytes }: LineLimits) {
    this.#lineMaxBytes = lineMaxBytes;
  }

  get overlongLines(): number {
    return this.#overlongLines;
  }

  get pendingBytes(): number {
    return this.#headBytes;
  }

  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#position = 0;
  }

  next(): Uint8Array | undefined {
    for (;;) {
      const end = this.#chunk.indexOf(LF, this.#position);
      if (end < 0) {
        this.#keepRest();
        return undefined;
      }
      const part = this.#chunk.subarray(this.#position, end);
      this.#position = end + 1;
      const line = this.#complete(part);
      if (line !== undefined) return line;
    }
  }

  /** The line that `part` ends, or `undefined` when it is too long. */
  #complete(part: Uint8Array): Uint8Array | undefined {
    const wasSkipping = this.#isSkipping;
    this.#isSkipping = false;
    if (wasSkipping) return undefined;
    const whole = this.#headBytes === 0 ? part : this.#appended(part);
    this.#headBytes = 0;
    const line = whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
    if (line.length <= this.#lineMaxBytes) return line;
    this.#overlongLines++;
    return undefined;
  }

  #keepRest(): void {
    const rest = this.#chunk.subarray(this.#position);
    this.#chunk = EMPTY;
    this.#position = 0;
    if (this.#isSkipping || rest.length === 0) return;
    // One byte more than the limit may be the CR of an end.
    const bytes = this.#headBytes + rest.length;
    if (bytes > this.#lineMaxBytes + (rest.at(-1) === CR ? 1 : 0)) {
      this.#isSkipping = true;
      this.#headBytes = 0;
      this.#overlongLines++;
      return;
    }
    this.#appended(rest);
    this.#headBytes = bytes;
  }

  #appended(part: Uint8Array): Uint8Array {
    const bytes = this.#headBytes + part.length;
    if (bytes > this.#head.length) {
      const grown = new Uint8Array(Math.max(bytes, 2 * this.#head.length));
      grown.set(this.#head.subarray(0, this.#headBytes));
      this.#head = grown;
    }
    this.#head.set(part, this.#headBytes);
    return this.#head.subarray(0, bytes);
  }
}
