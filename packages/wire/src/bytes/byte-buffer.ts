// A growing run of bytes with a ceiling: what a decoder collects of a message until it is whole. Grows with what has
// arrived, never with what was announced.
import { UsageError } from "./usage-error.ts";

export interface ByteBuffer {
  /** Bytes collected. */
  readonly byteLength: number;
  /** Bytes of memory behind them, at most the ceiling. */
  readonly capacity: number;
  /** Copies the bytes from `start` to `end`. Beyond the ceiling it throws: the limit is the owner's to check. */
  append(bytes: Uint8Array, start: number, end: number): void;
  /** What was collected; the buffer is empty afterwards and keeps no hold on it. */
  take(): Uint8Array<ArrayBuffer>;
}

/** The first reservation; most messages that arrive in pieces are larger. */
const CAPACITY_MIN_BYTES = 64;
const EMPTY = new Uint8Array(0);

export function createByteBuffer(maxBytes: number): ByteBuffer {
  return new GrowingBuffer(maxBytes);
}

class GrowingBuffer implements ByteBuffer {
  readonly #maxBytes: number;
  #bytes: Uint8Array<ArrayBuffer> = EMPTY;
  #byteLength = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#byteLength + (end - start);
    if (needed > this.#maxBytes) throw new UsageError("More bytes were appended than the buffer may hold.");
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#bytes.set(
      start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end),
      this.#byteLength,
    );
    this.#byteLength = needed;
  }

  /** Doubling keeps the copying linear in what arrives. */
  #grow(needed: number): void {
    const capacity = Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length * 2, CAPACITY_MIN_BYTES));
    const grown = new Uint8Array(capacity);
    grown.set(this.#bytes.subarray(0, this.#byteLength));
    this.#bytes = grown;
  }

  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.#byteLength);
    this.#bytes = EMPTY;
    this.#byteLength = 0;
    return taken;
  }
}
