// RFC 6455 as a client over a dialled connection: the shell around wire/websocket. Moves bytes, answers pings and
// Close, keeps deadlines. Chooses no limit and no header.
//
//   opening    dialling, then the opening handshake                         → open, lingering, gone
//   open       messages both ways; the owner may have paused the reading    → closing, lingering, gone
//   closing    our Close is on its way, theirs is awaited; messages are not → lingering, gone
//   lingering  the owner knows the end; the peer's TCP end is awaited       → gone
//   gone       no connection
import {
  createFrameDecoder,
  encodeBinary,
  encodeClose,
  encodePing,
  encodePong,
  encodeText,
  type Fault,
  type FrameDecoder,
  type WebSocketEvent,
} from "@sluice/wire/websocket";
import { Failure, type FailureCode } from "../failure.ts";
import type { Clock, Timer } from "../host/clock.ts";
import {
  type DialBudget,
  type dialTcp,
  formatTarget,
  type TcpConnection,
  type TcpHandler,
  type TcpTarget,
} from "../host/tcp.ts";
import type { Turns } from "../host/turns.ts";
import type { Message } from "../session/session.ts";
import { GatheringWriter } from "./gathering-writer.ts";
import { SilenceWatch } from "./silence-watch.ts";
import type { BackendWebSocket, WebSocketHandler } from "./websocket.ts";
import type { MaskSource } from "./websocket-masks.ts";
import type { Opening } from "./websocket-opening.ts";

export interface WebSocketConnectionOptions {
  readonly target: TcpTarget;
  readonly opening: Opening;
  readonly handler: WebSocketHandler;
  /** From the dial to the 101, name lookup and TLS included. */
  readonly connectTimeoutMs: number;
  readonly messageMaxBytes: number;
  /** Silence after which the connection counts as lost; at half of it a ping is sent. `Infinity`: never. */
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  readonly budget: DialBudget;
  readonly turns: Turns;
  readonly masks: MaskSource;
  readonly dial: typeof dialTcp;
}

/** How long the peer's Close, and after it the end of its TCP connection, is awaited. Milliseconds. */
const CLOSE_TIMEOUT_MS = 5000;
/** A peer that pings and does not read gets no pongs beyond this; only the latest matters (RFC 6455 §5.5.3). Bytes. */
const PONGS_MAX_BYTES = 16_384;
const NO_BYTES = new Uint8Array();

type State = "opening" | "open" | "closing" | "lingering" | "gone";

export class WebSocketConnection implements BackendWebSocket, TcpHandler {
  readonly #options: WebSocketConnectionOptions;
  readonly #handler: WebSocketHandler;
  readonly #connection: TcpConnection;
  readonly #writer: GatheringWriter;
  readonly #decoder: FrameDecoder;
  readonly #silence: SilenceWatch;
  readonly #dialledAtMs: number;
  /** For the opening, and later for the close. */
  #deadline: Timer | undefined;
  #state: State = "opening";
  #isPaused = false;
  #isDelivering = false;
  /** The peer's bytes are at an end; what was read before still has to be delivered. */
  #streamEnd: { readonly failure: Failure | undefined } | undefined;

  constructor(options: WebSocketConnectionOptions) {
    const { clock, target, messageMaxBytes, connectTimeoutMs, budget, turns, dial } = options;
    this.#options = options;
    this.#handler = options.handler;
    this.#decoder = createFrameDecoder("client", { messageMaxBytes });
    this.#silence = new SilenceWatch({
      clock,
      timeoutMs: options.idleTimeoutMs,
      ask: () => this.#writer.write(encodePing(NO_BYTES, options.masks.next())),
      giveUp: () => this.#giveUp(`nothing was heard for ${options.idleTimeoutMs} ms`),
    });
    this.#dialledAtMs = clock.monotonicMs();
    this.#connection = dial(target, this, { clock, connectTimeoutMs, budget });
    this.#writer = new GatheringWriter(this.#connection, turns, () => this.#tellDrained());
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get bufferedBytes(): number {
    return this.#writer.length;
  }

  send(message: Message): void {
    if (this.#state !== "open" || this.#streamEnd !== undefined) return;
    const mask = this.#options.masks.next();
    this.#writer.write(typeof message === "string" ? encodeText(message, mask) : encodeBinary(message, mask));
  }

  pause(): void {
    if (this.#isPaused || this.#state === "closing") return;
    this.#isPaused = true;
    this.#silence.isDeaf = true;
    this.#connection.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#silence.isDeaf = false;
    this.#deliver();
    // A message may have led to another pause.
    if (!this.#isPaused) this.#connection.resume();
  }

  close(code: number, reason: string): void {
    if (this.#state === "opening") this.terminate();
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#silence.stop();
    this.#writer.write(encodeClose(code, reason, this.#options.masks.next()));
    this.#cutAfterCloseTimeout();
    // Paused, the peer could not be heard to answer.
    this.resume();
  }

  terminate(): void {
    this.#end("gone", 1006, "", undefined);
    this.#connection.terminate();
  }

  /** Connected; the opening handshake begins. */
  opened(): void {
    const { clock, connectTimeoutMs, opening } = this.#options;
    const leftMs = connectTimeoutMs - (clock.monotonicMs() - this.#dialledAtMs);
    if (Number.isFinite(leftMs)) {
      this.#deadline = clock.after(Math.max(0, leftMs), () =>
        this.#giveUp(`no answer to the handshake after ${connectTimeoutMs} ms`),
      );
    }
    this.#writer.write(opening.requestBytes);
  }

  data(chunk: Uint8Array): void {
    if (this.#state === "opening") this.#readOpening(chunk);
    else if (this.#state === "open" || this.#state === "closing") {
      this.#silence.heard();
      this.#decoder.push(chunk);
      this.#deliver();
    }
  }

  drained(): void {
    this.#writer.flush();
  }

  ended(): void {
    this.#streamEnd ??= { failure: undefined };
    this.#deliver();
  }

  closed(failure: Failure | undefined): void {
    this.#streamEnd ??= { failure };
    this.#deliver();
    if (this.#state !== "lingering") return;
    this.#state = "gone";
    this.#deadline?.cancel();
  }

  #readOpening(chunk: Uint8Array): void {
    const outcome = this.#options.opening.read(chunk);
    if (outcome === undefined) return;
    if (outcome instanceof Failure) {
      this.#end("gone", 1006, "", outcome);
      return;
    }
    this.#deadline?.cancel();
    this.#state = "open";
    this.#silence.start();
    this.#decoder.push(outcome.rest);
    this.#handler.opened(outcome.subprotocol);
    this.#deliver();
  }

  /** Gives out what was read, until the owner pauses; then, if the peer's bytes are at an end, that. */
  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      while (!this.#isPaused && (this.#state === "open" || this.#state === "closing")) {
        const event = this.#decoder.next();
        if (event === undefined) break;
        this.#take(event);
      }
    } finally {
      this.#isDelivering = false;
    }
    if (!this.#isPaused && this.#streamEnd !== undefined) this.#endByStream(this.#streamEnd.failure);
  }

  #take(event: WebSocketEvent | Fault): void {
    switch (event.type) {
      case "text":
        if (this.#state === "open") this.#handler.message(event.text);
        return;
      case "binary":
        if (this.#state === "open") this.#handler.message(event.bytes);
        return;
      case "ping":
        this.#answerPing(event.bytes);
        return;
      case "close":
        // RFC 6455 §5.5.1: a Close is answered by a Close with the code that came, unless ours is on its way.
        if (this.#state === "open")
          this.#writer.write(encodeClose(event.code, "", this.#options.masks.next()));
        this.#end("lingering", event.code, event.reason, undefined);
        return;
      case "fault":
        this.#answerFault(event);
    }
  }

  #answerPing(bytes: Uint8Array): void {
    // RFC 6455 §5.5.2: unless a Close was sent or received.
    if (this.#state !== "open" || this.#writer.length >= PONGS_MAX_BYTES) return;
    this.#writer.write(encodePong(bytes, this.#options.masks.next()));
  }

  #answerFault({ code, reason }: Fault): void {
    // RFC 6455 §7.1.7: the peer is told what it did wrong.
    if (this.#state === "open") this.#writer.write(encodeClose(code, reason, this.#options.masks.next()));
    const failureCode = code === 1009 ? "message.too_big" : "backend.protocol";
    this.#end("lingering", 1006, "", this.#failure(failureCode, reason));
  }

  /** The peer's bytes ended before its Close did. */
  #endByStream(failure: Failure | undefined): void {
    const wasOpening = this.#state === "opening";
    if (wasOpening || this.#state === "open") {
      const what = wasOpening ? "ended during the handshake" : "ended without a Close frame";
      this.#end("gone", 1006, "", failure ?? this.#failure("backend.reset", what));
    } else if (this.#state === "closing") this.#end("gone", 1006, "", undefined);
  }

  #giveUp(what: string): void {
    this.#end("gone", 1006, "", this.#failure("backend.timeout", what));
  }

  /** Tells the owner, once. `lingering` leaves the connection to send what waits and to hear the peer's end. */
  #end(state: "lingering" | "gone", code: number, reason: string, failure: Failure | undefined): void {
    if (this.#state === "lingering" || this.#state === "gone") return;
    this.#state = state;
    this.#silence.stop();
    this.#deadline?.cancel();
    if (state === "gone") this.#connection.terminate();
    else {
      this.#cutAfterCloseTimeout();
      this.#endWriting();
    }
    this.#handler.closed(code, reason, failure);
  }

  #cutAfterCloseTimeout(): void {
    this.#deadline?.cancel();
    this.#deadline = this.#options.clock.after(CLOSE_TIMEOUT_MS, () => this.terminate());
  }

  #endWriting(): void {
    if (this.#writer.length === 0) this.#connection.end();
  }

  #tellDrained(): void {
    if (this.#state === "lingering") this.#endWriting();
    else if (this.#state === "open") this.#handler.drained();
  }

  #failure(code: FailureCode, what: string): Failure {
    return new Failure(code, `${formatTarget(this.#options.target)}: ${what}`);
  }
}
