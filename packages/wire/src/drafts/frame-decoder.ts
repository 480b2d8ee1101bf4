// Frames of hixie-75 and hixie-76 to messages, in the same pull style as the decoder of RFC 6455. There are no
// fragments, no masks, no pings; one frame is one message.
//
//   00      bytes  FF    text, UTF-8, up to the first FF, which UTF-8 never holds
//   01..7F  bytes  FF    reserved: skipped
//   80      length bytes binary, as Kaazing's gateway and its clients used it; the drafts would have it skipped
//   81..FF  length bytes reserved: skipped
//   FF      00           close, hixie-76 only
//   length: base-128 groups, most significant first, high bit set on all but the last
//
// A talk of 2009 shows text as `80 … FF` and binary as `00 10 …`: the two lead bytes are exchanged there.
// `00 … FF` is text, `80 length …` is binary.
//
// Memory after `next` answered `undefined`: at most the message under way, `messageMaxBytes`.
import { type ByteBuffer, createByteBuffer } from "../bytes/byte-buffer.ts";
import { type ChunkQueue, createChunkQueue } from "../bytes/chunk-queue.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { createUtf8Validator, decodeUtf8, type Utf8Validator } from "../bytes/utf8.ts";
import { CLOSE_NO_STATUS } from "../websocket/close-code.ts";
import type { WebSocketEvent } from "../websocket/event.ts";
import type { Fault } from "../websocket/fault.ts";
import type { FrameLimits } from "../websocket/frame-decoder.ts";
import type { Draft } from "./draft.ts";
import { DRAFT_FAULTS } from "./fault.ts";

export const FRAME_TYPE = { text: 0x00, binary: 0x80, close: 0xff } as const;
/** Ends a frame whose type has its high bit clear. */
export const SENTINEL = 0xff;
/** Eight groups are 56 bits, more than any limit; without a bound a length of leading zeros would never end. */
const LENGTH_MAX_BYTES = 8;

/** Close is always 1005 without a reason: the drafts know neither. */
export type DraftEvent = Extract<WebSocketEvent, { type: "text" | "binary" | "close" }>;

export interface DraftFrameDecoder {
  /** Takes bytes from the peer, and the chunk with them: the `bytes` of an event may be a view of it. */
  push(chunk: Uint8Array): void;
  /** The next event; `undefined` when bytes are missing, and for ever after a close; a fault, for ever. */
  next(): DraftEvent | Fault | undefined;
  /** Bytes of memory held for the peer: chunks not yet read, and what was collected of a message. */
  readonly heldBytes: number;
}

/** The limit holds for skipped frames as well: nobody may send without end what nobody reads. */
export function createDraftFrameDecoder(draft: Draft, limits: FrameLimits): DraftFrameDecoder {
  if (!Number.isSafeInteger(limits.messageMaxBytes) || limits.messageMaxBytes < 0) {
    throw new UsageError("messageMaxBytes must be a whole number of bytes.");
  }
  return new Decoder(draft, limits.messageMaxBytes);
}

const EMPTY = new Uint8Array(0);

/**
 * type: between frames. sentinel: in a frame that ends with FF. length: in a length. counted: in a frame of
 * known length. ended: after a close or a fault.
 */
type State = "type" | "sentinel" | "length" | "counted" | "ended";

class Decoder implements DraftFrameDecoder {
  readonly #draft: Draft;
  readonly #messageMaxBytes: number;

  #chunk: Uint8Array = EMPTY;
  #at = 0;
  readonly #queue: ChunkQueue = createChunkQueue();

  #state: State = "type";
  /** The first byte of the frame being read. */
  #type = 0;
  /** Payload bytes seen of it, collected or skipped. */
  #payloadRead = 0;
  #payloadBytes = 0;
  #lengthBytes = 0;
  readonly #message: ByteBuffer;
  readonly #utf8: Utf8Validator = createUtf8Validator();
  #fault: Fault | undefined;

  constructor(draft: Draft, messageMaxBytes: number) {
    this.#draft = draft;
    this.#messageMaxBytes = messageMaxBytes;
    this.#message = createByteBuffer(messageMaxBytes);
  }

  get heldBytes(): number {
    return this.#chunk.length - this.#at + this.#queue.byteLength + this.#message.capacity;
  }

  push(chunk: Uint8Array): void {
    if (this.#state === "ended") return;
    if (this.#at === this.#chunk.length && this.#queue.byteLength === 0) {
      this.#chunk = chunk;
      this.#at = 0;
    } else {
      this.#queue.push(chunk);
    }
  }

  next(): DraftEvent | Fault | undefined {
    while (this.#state !== "ended" && this.#hasWork()) {
      const event = this.#step();
      if (event !== undefined) return event;
    }
    return this.#fault;
  }

  /** There are bytes to read; goes on to the next chunk, and lets go of one that is read to its end. */
  #hasWork(): boolean {
    if (this.#at === this.#chunk.length) {
      this.#chunk = this.#queue.shift() ?? EMPTY;
      this.#at = 0;
    }
    return this.#at < this.#chunk.length;
  }

  #step(): DraftEvent | Fault | undefined {
    if (this.#state === "type") return this.#readType();
    if (this.#state === "length") return this.#readLength();
    return this.#state === "sentinel" ? this.#readSentinel() : this.#readCounted();
  }

  #readType(): undefined {
    this.#type = this.#chunk[this.#at] ?? 0;
    this.#at += 1;
    this.#payloadRead = 0;
    this.#payloadBytes = 0;
    this.#lengthBytes = 0;
    this.#state = this.#type < 0x80 ? "sentinel" : "length";
  }

  #readLength(): DraftEvent | Fault | undefined {
    const byte = this.#chunk[this.#at] ?? 0;
    this.#at += 1;
    this.#lengthBytes += 1;
    this.#payloadBytes = this.#payloadBytes * 128 + (byte & 0x7f);
    // Draft -76 §5.3: FF with the length zero closes. hixie-75 has no close frame and skips it like its neighbours.
    const isClose = this.#type === FRAME_TYPE.close && this.#draft === "hixie-76";
    if (isClose && this.#payloadBytes > 0) return this.#fail(DRAFT_FAULTS.closeWithPayload);
    if (this.#payloadBytes > this.#messageMaxBytes) return this.#fail(DRAFT_FAULTS.messageTooBig);
    if (byte >= 0x80) {
      return this.#lengthBytes === LENGTH_MAX_BYTES ? this.#fail(DRAFT_FAULTS.lengthTooLong) : undefined;
    }
    if (isClose) {
      this.#end();
      return { type: "close", code: CLOSE_NO_STATUS, reason: "" };
    }
    // An empty frame has no byte left to wait for.
    if (this.#payloadBytes === 0) return this.#endFrame(EMPTY);
    this.#state = "counted";
    return undefined;
  }

  #readCounted(): DraftEvent | Fault | undefined {
    const start = this.#at;
    const missing = this.#payloadBytes - this.#payloadRead;
    const end = Math.min(this.#chunk.length, start + missing);
    this.#at = end;
    const isWhole = this.#payloadRead === 0 && end - start === missing;
    if (isWhole) return this.#endFrame(this.#chunk.subarray(start, end));
    this.#payloadRead += end - start;
    if (this.#type === FRAME_TYPE.binary) this.#message.append(this.#chunk, start, end);
    return this.#payloadRead === this.#payloadBytes ? this.#endFrame(this.#message.take()) : undefined;
  }

  #readSentinel(): DraftEvent | Fault | undefined {
    const start = this.#at;
    const sentinelAt = this.#chunk.indexOf(SENTINEL, start);
    const end = sentinelAt === -1 ? this.#chunk.length : sentinelAt;
    const room = this.#messageMaxBytes - this.#payloadRead;
    if (this.#payloadRead === 0 && sentinelAt !== -1 && end - start <= room) {
      this.#at = sentinelAt + 1;
      return this.#endFrame(this.#chunk.subarray(start, end));
    }
    // The bytes within the limit are judged before the one beyond it, wherever the chunks were cut.
    const taken = Math.min(end - start, room);
    if (!this.#collectText(start, start + taken)) return this.#fail(DRAFT_FAULTS.text);
    if (end - start > room) return this.#fail(DRAFT_FAULTS.messageTooBig);
    if (sentinelAt === -1) return undefined;
    this.#at = sentinelAt + 1;
    return this.#endFrame(this.#message.take());
  }

  /** Moves bytes of a text frame into the message, or past those of a skipped one. `false` when they are no UTF-8. */
  #collectText(start: number, end: number): boolean {
    this.#at = end;
    this.#payloadRead += end - start;
    if (this.#type !== FRAME_TYPE.text) return true;
    if (!this.#utf8.push(this.#chunk, start, end)) return false;
    this.#message.append(this.#chunk, start, end);
    return true;
  }

  #endFrame(bytes: Uint8Array): DraftEvent | Fault | undefined {
    this.#state = "type";
    if (this.#type === FRAME_TYPE.binary) return { type: "binary", bytes };
    if (this.#type !== FRAME_TYPE.text) return undefined;
    // The drafts put U+FFFD in the place of ill-formed text; a gateway that relays must not change what it relays.
    const text = decodeUtf8(bytes);
    return text === undefined ? this.#fail(DRAFT_FAULTS.text) : { type: "text", text };
  }

  #fail(fault: Fault): Fault {
    this.#fault = fault;
    this.#end();
    return fault;
  }

  /** Nothing that follows is read, and nothing is held. */
  #end(): void {
    this.#state = "ended";
    this.#chunk = EMPTY;
    this.#at = 0;
    this.#queue.clear();
    this.#message.take();
  }
}
