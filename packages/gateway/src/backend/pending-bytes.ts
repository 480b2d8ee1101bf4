// Bytes that wait for a back end to take them, first in first out. Copies what is pushed into blocks of its own, so
// that many small messages cost what their bytes cost and nobody else's memory is kept.

/** Small enough that one waiting message is cheap, large enough that a write of one block is worth its system call. Bytes. */
const BLOCK_BYTES = 16_384;

export class PendingBytes {
  readonly #blocks: Uint8Array[] = [];
  /** Free bytes at the end of the last block. */
  #room = 0;
  /** Bytes of the first block that were taken. */
  #taken = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
    const last = this.#blocks.at(-1);
    const fitting = Math.min(this.#room, bytes.length);
    if (last !== undefined && fitting > 0) {
      // A view costs as much as copying a small message, so none is made where nothing is cut.
      const part = fitting === bytes.length ? bytes : bytes.subarray(0, fitting);
      last.set(part, last.length - this.#room);
      this.#room -= fitting;
    }
    if (fitting === bytes.length) return;
    const rest = fitting === 0 ? bytes : bytes.subarray(fitting);
    const block = new Uint8Array(Math.max(BLOCK_BYTES, rest.length));
    block.set(rest);
    this.#blocks.push(block);
    this.#room = block.length - rest.length;
  }

  /** Gives bytes to `write` until it takes less than it was given. */
  drainInto(write: (bytes: Uint8Array) => number): void {
    for (let block = this.#blocks[0]; block !== undefined; block = this.#blocks[0]) {
      const isLast = this.#blocks.length === 1;
      const end = isLast ? block.length - this.#room : block.length;
      const taken = write(block.subarray(this.#taken, end));
      this.#taken += taken;
      this.#length -= taken;
      if (this.#taken < end) return;
      this.#blocks.shift();
      this.#taken = 0;
      if (isLast) this.#room = 0;
    }
  }
}
