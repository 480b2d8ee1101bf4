// A carrier over a byte stream and a codec of ours: what the drafts' listener uses. The stream's own buffer is the
// only one; the codec holds at most one message.
import type { Duplex } from "node:stream";
import type { WebSocketEvent } from "@sluice/wire/websocket";
import type { Clock, Timer } from "../host/clock.ts";
import type { Carrier, SessionOffer } from "../session/carrier.ts";
import type { CarrierKind } from "../session/handshake.ts";
import type { Message } from "../session/session.ts";

export type CodecEvent =
  | WebSocketEvent
  /** The peer broke the protocol; `code` is what to close with, `reason` one sentence of ours. */
  | { readonly type: "fault"; readonly code: number; readonly reason: string };

/** One protocol's frames, seen from the server. Pure. */
export interface CarrierCodec {
  push(chunk: Uint8Array): void;
  next(): CodecEvent | undefined;
  encodeMessage(message: Message): Uint8Array;
  /** `undefined` where the protocol has none. */
  encodePing(): Uint8Array | undefined;
  encodePong(payload: Uint8Array): Uint8Array | undefined;
  encodeClose(code: number, reason: string): Uint8Array | undefined;
}

export interface CodecCarrierOptions {
  readonly kind: CarrierKind;
  readonly stream: Duplex;
  readonly codec: CarrierCodec;
  readonly session: SessionOffer;
  readonly clock: Clock;
  /** How long the peer's answer to our Close is awaited. */
  readonly closeTimeoutMs: number;
  /** Bytes that may wait before the peer is cut: the backstop behind the services' own limits. */
  readonly backpressureMaxBytes: number;
  readonly onSubscribe: (topic: string, carrier: CodecCarrier) => void;
  readonly onClosed: (carrier: CodecCarrier) => void;
}

export class CodecCarrier implements Carrier {
  readonly #options: CodecCarrierOptions;
  #isClosing = false;
  #isClosed = false;
  #wantsDrain = false;
  #closeTimer: Timer | undefined;

  constructor(options: CodecCarrierOptions) {
    this.#options = options;
    const { stream } = options;
    stream.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    stream.on("drain", () => this.#drained());
    stream.on("end", () => this.#finish(1006, ""));
    // The `close` event follows every error and says all there is to say to the session.
    stream.on("error", () => this.#finish(1006, ""));
    stream.on("close", () => this.#finish(1006, ""));
  }

  get kind(): CarrierKind {
    return this.#options.kind;
  }

  get bufferedBytes(): number {
    return this.#options.stream.writableLength;
  }

  /** Bytes that came with the handshake. */
  receive(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#receive(chunk);
  }

  send(message: Message): boolean {
    return this.write(this.#options.codec.encodeMessage(message));
  }

  /** Sends an encoded message, so that one encoding can serve many. */
  write(frame: Uint8Array): boolean {
    if (this.#isClosing || this.#isClosed) return false;
    const { stream, backpressureMaxBytes } = this.#options;
    if (stream.writableLength + frame.length > backpressureMaxBytes) {
      this.terminate();
      return false;
    }
    const hasRoom = stream.write(frame);
    if (!hasRoom) this.#wantsDrain = true;
    return hasRoom;
  }

  encode(message: Message): Uint8Array {
    return this.#options.codec.encodeMessage(message);
  }

  ping(): void {
    const frame = this.#options.codec.encodePing();
    if (frame !== undefined) this.write(frame);
  }

  pause(): void {
    this.#options.stream.pause();
  }

  resume(): void {
    this.#options.stream.resume();
  }

  close(code: number, reason: string): void {
    if (this.#isClosing || this.#isClosed) return;
    const { codec, stream, clock, closeTimeoutMs } = this.#options;
    const frame = codec.encodeClose(code, reason);
    if (frame !== undefined) stream.write(frame);
    this.#isClosing = true;
    stream.end();
    this.#closeTimer = clock.after(closeTimeoutMs, () => stream.destroy());
    this.#tellClosed(code, reason);
  }

  terminate(): void {
    this.#options.stream.destroy();
    this.#finish(1006, "");
  }

  subscribe(topic: string): void {
    this.#options.onSubscribe(topic, this);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isClosing || this.#isClosed) return;
    const { codec } = this.#options;
    codec.push(chunk);
    for (let event = codec.next(); event !== undefined && !this.#isClosing; event = codec.next()) {
      this.#apply(event);
    }
  }

  #apply(event: CodecEvent): void {
    const { codec, session } = this.#options;
    if (event.type === "text") session.message(event.text);
    else if (event.type === "binary") session.message(event.bytes);
    else if (event.type === "pong") session.pong();
    else if (event.type === "close") this.close(event.code, event.reason);
    else if (event.type === "fault") this.close(event.code, event.reason);
    else {
      const pong = codec.encodePong(event.bytes);
      if (pong !== undefined) this.write(pong);
    }
  }

  #drained(): void {
    if (!this.#wantsDrain) return;
    this.#wantsDrain = false;
    this.#options.session.drained();
  }

  #finish(code: number, reason: string): void {
    this.#closeTimer?.cancel();
    this.#options.stream.destroy();
    this.#tellClosed(code, reason);
  }

  #tellClosed(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.onClosed(this);
    this.#options.session.closed(code, reason);
  }
}
