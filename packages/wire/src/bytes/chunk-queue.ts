// A first-in first-out queue of byte chunks that knows how many bytes it holds. Copies nothing: chunks go in and come
// out as the same memory, whole or from where the reader stopped. Has no limit of its own; the owner reads `byteLength`.

export interface ChunkQueue {
  /** Bytes held, over all chunks. */
  readonly byteLength: number;
  /** Empty chunks are dropped. */
  push(chunk: Uint8Array): void;
  /** The first chunk, without what was discarded of it; `undefined` when nothing is held. */
  peek(): Uint8Array | undefined;
  /** Takes the first chunk out. */
  shift(): Uint8Array | undefined;
  /** Drops this many bytes from the front, at most all. */
  discard(byteLength: number): void;
  clear(): void;
}

/** Chunks already taken are cut off the array once they are this many and half of it: constant cost per chunk. */
const COMPACT_MIN_CHUNKS = 32;

export function createChunkQueue(): ChunkQueue {
  return new Queue();
}

class Queue implements ChunkQueue {
  #chunks: (Uint8Array | undefined)[] = [];
  #first = 0;
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#byteLength += chunk.length;
  }

  peek(): Uint8Array | undefined {
    return this.#chunks[this.#first];
  }

  shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return undefined;
    this.#chunks[this.#first] = undefined;
    this.#first += 1;
    this.#byteLength -= chunk.length;
    this.#compact();
    return chunk;
  }

  discard(byteLength: number): void {
    let left = byteLength;
    for (let chunk = this.peek(); chunk !== undefined && left > 0; chunk = this.peek()) {
      if (chunk.length > left) {
        this.#chunks[this.#first] = chunk.subarray(left);
        this.#byteLength -= left;
        return;
      }
      left -= chunk.length;
      this.shift();
    }
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#byteLength = 0;
  }

  #compact(): void {
    if (this.#first === this.#chunks.length) this.clear();
    else if (this.#first >= COMPACT_MIN_CHUNKS && this.#first * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
