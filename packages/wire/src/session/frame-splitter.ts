// Frames on a byte carrier: a varint length in front of each. Bytes are pushed, whole frames are pulled, undecoded.
// The limit is checked at the length, before any of the frame is held.
//
//   v length (>= 1) | frame | v length | frame | ...
import { type ByteBuffer, createByteBuffer } from "../bytes/byte-buffer.ts";
import { type ChunkQueue, createChunkQueue } from "../bytes/chunk-queue.ts";
import { readVarint, VARINT_INCOMPLETE, VARINT_INVALID, varintBytes, writeVarint } from "../bytes/varint.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import { assertFrameLimits, type FrameLimits, frameMaxBytes } from "./limits.ts";

/** A frame with its length in front. */
export function prefixFrame(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(varintBytes(frame.length) + frame.length);
  bytes.set(frame, writeVarint(bytes, 0, frame.length));
  return bytes;
}

export interface FrameSplitter {
  /** Takes the chunk: a frame may be a view of it. Does nothing after a fault. */
  push(chunk: Uint8Array): void;
  /** The next whole frame; `undefined` when bytes are missing; a fault, for ever, once a length was not allowed. */
  next(): Uint8Array | SessionFault | undefined;
  /** Bytes of memory held: chunks not yet read, and what was collected of one frame. */
  readonly heldBytes: number;
}

export function createFrameSplitter(limits: FrameLimits): FrameSplitter {
  assertFrameLimits(limits);
  return new Splitter(frameMaxBytes(limits));
}

const EMPTY = new Uint8Array(0);

class Splitter implements FrameSplitter {
  readonly #frameMaxBytes: number;
  readonly #queue: ChunkQueue = createChunkQueue();
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  /** Of the frame being read; 0 while its length is being read. */
  #frameBytes = 0;
  readonly #frame: ByteBuffer;
  /** A length cut by the end of a chunk. */
  #cutLength: number[] = [];
  #fault: SessionFault | undefined;

  constructor(maxBytes: number) {
    this.#frameMaxBytes = maxBytes;
    this.#frame = createByteBuffer(maxBytes);
  }

  get heldBytes(): number {
    const unread = this.#chunk.length - this.#at + this.#queue.byteLength;
    return unread + this.#cutLength.length + this.#frame.capacity;
  }

  push(chunk: Uint8Array): void {
    if (this.#fault !== undefined || chunk.length === 0) return;
    if (this.#at < this.#chunk.length || this.#queue.byteLength > 0) this.#queue.push(chunk);
    else {
      this.#chunk = chunk;
      this.#at = 0;
    }
  }

  next(): Uint8Array | SessionFault | undefined {
    while (this.#fault === undefined && this.#hasBytes()) {
      if (this.#frameBytes === 0) this.#readLength();
      else {
        const frame = this.#readFrame();
        if (frame !== undefined) return frame;
      }
    }
    return this.#fault;
  }

  /** Goes on to the next chunk, and lets go of one that is read. */
  #hasBytes(): boolean {
    if (this.#at === this.#chunk.length) {
      this.#chunk = this.#queue.shift() ?? EMPTY;
      this.#at = 0;
    }
    return this.#at < this.#chunk.length;
  }

  #readLength(): void {
    if (this.#cutLength.length === 0) {
      const length = readVarint(this.#chunk, this.#at, this.#chunk.length);
      if (length !== VARINT_INCOMPLETE) {
        if (this.#beginFrame(length)) this.#at += varintBytes(length);
        return;
      }
    }
    // The length goes over the end of a chunk: byte by byte, which happens once a chunk at most.
    this.#cutLength.push(this.#chunk[this.#at] ?? 0);
    this.#at += 1;
    const length = readVarint(Uint8Array.from(this.#cutLength), 0, this.#cutLength.length);
    if (length === VARINT_INCOMPLETE) return;
    this.#cutLength = [];
    this.#beginFrame(length);
  }

  /** `false` when there can be no frame of this length. */
  #beginFrame(length: number): boolean {
    if (length === VARINT_INVALID) return this.#fail(SESSION_FAULTS.varint);
    if (length === 0) return this.#fail(SESSION_FAULTS.empty);
    if (length > this.#frameMaxBytes) return this.#fail(SESSION_FAULTS.frameTooBig);
    this.#frameBytes = length;
    return true;
  }

  #readFrame(): Uint8Array | undefined {
    const start = this.#at;
    const missing = this.#frameBytes - this.#frame.byteLength;
    const end = Math.min(this.#chunk.length, start + missing);
    this.#at = end;
    if (end - start === this.#frameBytes) {
      this.#frameBytes = 0;
      return this.#chunk.subarray(start, end);
    }
    this.#frame.append(this.#chunk, start, end);
    if (end - start < missing) return undefined;
    this.#frameBytes = 0;
    return this.#frame.take();
  }

  #fail(fault: SessionFault): false {
    this.#fault = fault;
    this.#cutLength = [];
    this.#chunk = EMPTY;
    this.#at = 0;
    this.#queue.clear();
    this.#frame.take();
    return false;
  }
}
