// RFC 6455 frames to whole messages, for both roles: bytes are pushed, events are pulled, and not pulling is how the
// caller applies back-pressure. Answers nothing (pong and close echo are the caller's) and speaks no extension.
//
// Memory after `next` answered `undefined`: at most one message under way (`messageMaxBytes`), one header under way
// (14 bytes) and one control frame under way (125 bytes), into however many fragments the message is cut.
import { type ByteBuffer, createByteBuffer } from "../bytes/byte-buffer.ts";
import { type ChunkQueue, createChunkQueue } from "../bytes/chunk-queue.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { createUtf8Validator, decodeUtf8, type Utf8Validator } from "../bytes/utf8.ts";
import { CLOSE_NO_STATUS, isWireCloseCode } from "./close-code.ts";
import type { WebSocketEvent } from "./event.ts";
import { type Fault, FRAME_FAULTS } from "./fault.ts";
import {
  CONTROL_MAX_BYTES,
  createFrameHeader,
  HEADER_MAX_BYTES,
  isControl,
  OPCODE,
  type Role,
  readFrameHeader,
} from "./frame-header.ts";
import { applyMask, rotateMaskKey } from "./mask.ts";

export interface FrameLimits {
  /**
   * Bytes of one message, over all its fragments; a whole number from 0 to 2^53 - 1. A frame that would exceed it is
   * refused with 1009 at its header.
   */
  readonly messageMaxBytes: number;
}

export interface FrameDecoder {
  /**
   * Takes bytes from the peer, and the chunk with them: payloads are unmasked inside it, and the `bytes` of an event
   * may be a view of it. Does nothing after a close event or a fault.
   */
  push(chunk: Uint8Array): void;
  /**
   * The next event; `undefined` when bytes are missing, and for ever after a close event (RFC 6455 §1.4: what follows
   * it is discarded); a fault, for ever, once the peer broke the rules.
   */
  next(): WebSocketEvent | Fault | undefined;
  /** Bytes of memory held for the peer: chunks not yet read, and what was collected of a message. */
  readonly heldBytes: number;
}

export function createFrameDecoder(role: Role, limits: FrameLimits): FrameDecoder {
  if (!Number.isSafeInteger(limits.messageMaxBytes) || limits.messageMaxBytes < 0) {
    throw new UsageError("messageMaxBytes must be a whole number of bytes.");
  }
  return new Decoder(role, limits.messageMaxBytes);
}

const EMPTY = new Uint8Array(0);

class Decoder implements FrameDecoder {
  readonly #role: Role;
  readonly #messageMaxBytes: number;

  /** The chunk being read, and where; those behind it wait in the queue. */
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  readonly #queue: ChunkQueue = createChunkQueue();

  /** The frame being read: whether its header is known, a header cut by a chunk's end, and payload bytes seen. */
  readonly #header = createFrameHeader();
  #inPayload = false;
  readonly #cutHeader = new Uint8Array(HEADER_MAX_BYTES);
  #cutHeaderBytes = 0;
  #payloadRead = 0;

  /** The message being collected: its opcode, 0 between messages, and its bytes. A control frame has its own buffer. */
  #messageOpcode = 0;
  readonly #message: ByteBuffer;
  readonly #control: ByteBuffer = createByteBuffer(CONTROL_MAX_BYTES);
  readonly #utf8: Utf8Validator = createUtf8Validator();

  #fault: Fault | undefined;
  #isClosed = false;

  constructor(role: Role, messageMaxBytes: number) {
    this.#role = role;
    this.#messageMaxBytes = messageMaxBytes;
    this.#message = createByteBuffer(messageMaxBytes);
  }

  get heldBytes(): number {
    const unread = this.#chunk.length - this.#at + this.#queue.byteLength;
    return unread + this.#cutHeaderBytes + this.#message.capacity + this.#control.capacity;
  }

  push(chunk: Uint8Array): void {
    if (this.#isClosed || this.#fault !== undefined) return;
    if (this.#at === this.#chunk.length && this.#queue.byteLength === 0) {
      this.#chunk = chunk;
      this.#at = 0;
    } else {
      this.#queue.push(chunk);
    }
  }

  next(): WebSocketEvent | Fault | undefined {
    while (!this.#isClosed && this.#fault === undefined) {
      if (!this.#inPayload && !this.#readHeader()) break;
      const event = this.#readPayload();
      if (event !== undefined) return event;
      // Without an event the frame is either through, as a fragment, or waits for bytes.
      if (this.#inPayload) break;
    }
    return this.#fault;
  }

  /** Bytes of the chunk being read; goes on to the next one. Zero when there are none. */
  #available(): number {
    if (this.#at === this.#chunk.length) {
      // Also lets go of a chunk that is read to its end.
      this.#chunk = this.#queue.shift() ?? EMPTY;
      this.#at = 0;
    }
    return this.#chunk.length - this.#at;
  }

  /** `true` once the header is known and allowed here. `false`: bytes are missing, or there is a fault. */
  #readHeader(): boolean {
    const available = this.#available();
    if (available === 0) return false;
    if (this.#cutHeaderBytes > 0) return this.#readCutHeader();
    const span = { start: this.#at, end: this.#chunk.length };
    const outcome = readFrameHeader(this.#header, this.#role, this.#chunk, span);
    if (outcome === "complete") {
      this.#at += this.#header.headerBytes;
      return this.#beginPayload();
    }
    if (outcome !== "incomplete") return this.#fail(outcome);
    return this.#readCutHeader();
  }

  /** The header goes over the end of a chunk: its bytes are gathered first. */
  #readCutHeader(): boolean {
    for (let available = this.#available(); available > 0; available = this.#available()) {
      const before = this.#cutHeaderBytes;
      const taken = Math.min(available, HEADER_MAX_BYTES - before);
      this.#cutHeader.set(this.#chunk.subarray(this.#at, this.#at + taken), before);
      const span = { start: 0, end: before + taken };
      const outcome = readFrameHeader(this.#header, this.#role, this.#cutHeader, span);
      if (outcome === "complete") {
        this.#at += this.#header.headerBytes - before;
        this.#cutHeaderBytes = 0;
        return this.#beginPayload();
      }
      if (outcome !== "incomplete") return this.#fail(outcome);
      this.#at += taken;
      this.#cutHeaderBytes = before + taken;
    }
    return false;
  }

  /** The rules that depend on the frames before this one, and the limit: all before any payload. */
  #beginPayload(): boolean {
    const { opcode, payloadBytes } = this.#header;
    if (!isControl(opcode)) {
      // RFC 6455 §5.4: the fragments of messages do not mix.
      if (opcode === OPCODE.continuation) {
        if (this.#messageOpcode === 0) return this.#fail(FRAME_FAULTS.continuationFirst);
      } else {
        if (this.#messageOpcode !== 0) return this.#fail(FRAME_FAULTS.messageInterrupted);
        this.#messageOpcode = opcode;
      }
      if (payloadBytes > this.#messageMaxBytes - this.#message.byteLength) {
        return this.#fail(FRAME_FAULTS.messageTooBig);
      }
    }
    this.#payloadRead = 0;
    this.#inPayload = true;
    return true;
  }

  #readPayload(): WebSocketEvent | Fault | undefined {
    const { fin, opcode, payloadBytes } = this.#header;
    const isWhole = this.#payloadRead === 0 && this.#available() >= payloadBytes;
    if (isControl(opcode)) {
      if (isWhole) return this.#endControl(this.#takeFromChunk(payloadBytes));
      return this.#collect(this.#control) ? this.#endControl(this.#control.take()) : undefined;
    }
    if (isWhole && fin && opcode !== OPCODE.continuation) {
      this.#messageOpcode = 0;
      const bytes = this.#takeFromChunk(payloadBytes);
      return opcode === OPCODE.binary ? { type: "binary", bytes } : this.#textEvent(bytes);
    }
    return this.#collect(this.#message) && fin ? this.#endMessage() : this.#fault;
  }

  /** The next bytes as a view, unmasked where they are. */
  #takeFromChunk(byteLength: number): Uint8Array {
    const start = this.#at;
    this.#at += byteLength;
    this.#inPayload = false;
    if (byteLength === 0) return EMPTY;
    if (this.#role === "server") applyMask(this.#chunk, start, this.#at, this.#header.maskKey);
    return this.#chunk.subarray(start, this.#at);
  }

  /** Moves what is there of the payload into `buffer`. `true` when the frame is through. */
  #collect(buffer: ByteBuffer): boolean {
    const { maskKey, payloadBytes } = this.#header;
    while (this.#payloadRead < payloadBytes) {
      const taken = Math.min(this.#available(), payloadBytes - this.#payloadRead);
      if (taken === 0) return false;
      const start = this.#at;
      const end = start + taken;
      if (this.#role === "server") {
        applyMask(this.#chunk, start, end, rotateMaskKey(maskKey, this.#payloadRead));
      }
      // RFC 6455 §8.1: ill-formed text fails the connection; at the first byte that makes it so, not at the end.
      if (buffer === this.#message && this.#messageOpcode === OPCODE.text) {
        if (!this.#utf8.push(this.#chunk, start, end)) return this.#fail(FRAME_FAULTS.text);
      }
      buffer.append(this.#chunk, start, end);
      this.#at = end;
      this.#payloadRead += taken;
    }
    this.#inPayload = false;
    return true;
  }

  #endMessage(): WebSocketEvent | Fault | undefined {
    const isText = this.#messageOpcode === OPCODE.text;
    this.#messageOpcode = 0;
    const bytes = this.#message.take();
    // A message may end only where a character ends; its fragments may cut one (RFC 6455 §5.6). Decoding sees to that,
    // and leaves the validator between characters for the next message.
    return isText ? this.#textEvent(bytes) : { type: "binary", bytes };
  }

  #textEvent(bytes: Uint8Array): WebSocketEvent | Fault | undefined {
    const text = bytes.length === 0 ? "" : decodeUtf8(bytes);
    if (text !== undefined) return { type: "text", text };
    this.#fail(FRAME_FAULTS.text);
    return this.#fault;
  }

  #endControl(bytes: Uint8Array): WebSocketEvent | Fault | undefined {
    if (this.#header.opcode === OPCODE.ping) return { type: "ping", bytes };
    if (this.#header.opcode === OPCODE.pong) return { type: "pong", bytes };
    const close = readClose(bytes);
    if (close.type === "fault") this.#fail(close);
    else this.#end();
    return close;
  }

  /** Answers `false`, so that a reader can leave with it. */
  #fail(fault: Fault): false {
    this.#fault = fault;
    this.#end();
    return false;
  }

  /** Nothing that follows is read, and nothing is held. */
  #end(): void {
    this.#isClosed = true;
    this.#inPayload = false;
    this.#cutHeaderBytes = 0;
    this.#chunk = EMPTY;
    this.#at = 0;
    this.#queue.clear();
    this.#message.take();
    this.#control.take();
  }
}

/** RFC 6455 §5.5.1: nothing, or a code of two bytes and a reason in UTF-8. */
function readClose(bytes: Uint8Array): Extract<WebSocketEvent, { type: "close" }> | Fault {
  if (bytes.length === 0) return { type: "close", code: CLOSE_NO_STATUS, reason: "" };
  if (bytes.length === 1) return FRAME_FAULTS.closeTruncated;
  const code = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (!isWireCloseCode(code)) return FRAME_FAULTS.closeCode;
  const reason = decodeUtf8(bytes.subarray(2));
  return reason === undefined ? FRAME_FAULTS.closeReason : { type: "close", code, reason };
}
