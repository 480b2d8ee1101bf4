// A session with exactly one carrier and no numbers: what a plain WebSocket client gets. It counts, enforces the
// service's limits on what comes in, watches for silence, and is the boundary at which our own bugs end one session.
import { FAILURES, Failure, UsageError } from "../failure.ts";
import type { Log } from "../telemetry/log.ts";
import { count } from "../telemetry/metrics.ts";
import type { Carrier, SessionOffer } from "./carrier.ts";
import type { CarrierKind, Handshake } from "./handshake.ts";
import type { ServiceGroup } from "./service-group.ts";
import type { Message, Session, SessionHandler, SessionOpening } from "./session.ts";

/** Why a session ends, for the one log line that tells it. */
interface Ending {
  readonly reason: string;
  readonly detail: string | undefined;
}

export interface PlainSessionOptions {
  readonly handshake: Handshake;
  readonly group: ServiceGroup;
  /** What becomes of it; forgotten when the carrier is up. */
  readonly opening: SessionOpening;
  /** Milliseconds since 1970, for people. */
  readonly openedAtMs: number;
}

/** UTF-8 length; the exact count is only made when the cheap bound of 3 bytes a UTF-16 unit does not settle it. */
function textExceeds(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}

export class PlainSession implements Session, SessionOffer {
  readonly id: string;
  readonly carrier: CarrierKind;
  readonly address: string;
  readonly origin: string | undefined;
  readonly subprotocol: string;
  readonly openedAtMs: number;
  readonly #group: ServiceGroup;
  #transport: Carrier | undefined;
  #handler: SessionHandler | undefined;
  #opening: SessionOpening | undefined;
  #ending: Ending | undefined;
  #isOpen = false;
  #isPaused = false;
  /** Set by anything that proves the client alive; read and cleared by `sweep`, so that the hot path reads no clock. */
  #wasHeard = true;
  #lastHeardMs: number;
  #pausedSinceMs: number | undefined;
  #pingSentMs: number | undefined;
  roundTripMs: number | undefined;
  messagesIn = 0;
  bytesIn = 0;
  #sentMessages = 0;
  #sentBytes = 0;
  /** Where the service's publications stood when this session subscribed. */
  #publishedBefore: { readonly messages: number; readonly bytes: number } | undefined;

  constructor(options: PlainSessionOptions) {
    const { handshake, group } = options;
    this.id = handshake.connectionId;
    this.carrier = handshake.carrier;
    this.address = handshake.address;
    this.origin = handshake.origin;
    this.subprotocol = options.opening.subprotocol;
    this.openedAtMs = options.openedAtMs;
    this.#group = group;
    this.#opening = options.opening;
    this.#lastHeardMs = group.nowMs();
  }

  get path(): string {
    return this.#group.path;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bufferedBytes(): number {
    return this.#transport?.bufferedBytes ?? 0;
  }

  /** Monotonic; as exact as the sweep is frequent. */
  get lastHeardMs(): number {
    return this.#lastHeardMs;
  }

  get messagesOut(): number {
    const before = this.#publishedBefore;
    return this.#sentMessages + (before === undefined ? 0 : this.#group.published.messages - before.messages);
  }

  get bytesOut(): number {
    const before = this.#publishedBefore;
    return this.#sentBytes + (before === undefined ? 0 : this.#group.published.bytes - before.bytes);
  }

  /** The carrier is up: from here on the service has the session. */
  attach(transport: Carrier): void {
    const opening = this.#opening;
    if (opening === undefined) throw new UsageError("a session is attached once");
    this.#opening = undefined;
    this.#group.opening--;
    this.#transport = transport;
    this.#isOpen = true;
    const { metrics, sessions, log } = this.#group;
    sessions.add(this);
    metrics.connectionsOpen++;
    metrics.connectionsTotal++;
    log.debug("connection opened", { connection: this.id, address: this.address, origin: this.origin });
    try {
      const handler = opening.open(this);
      this.#handler = handler;
      // A service may end the session while it opens it, before there was a handler to be told.
      if (!this.#isOpen) handler.closed(1006, "");
      // The service may have gone while its answer was on the way.
      else if (this.#group.endedBy !== undefined) this.fail(new Failure(this.#group.endedBy));
    } catch (bug) {
      this.#endByBug(bug);
    }
  }

  /** The carrier never came up. */
  abandon(): void {
    this.#group.opening--;
    this.#group.release(this.address);
    try {
      this.#opening?.abandon?.();
    } catch (bug) {
      this.#group.log.error("session failed by a bug", { connection: this.id }, bug);
    }
  }

  send(message: Message): boolean {
    if (!this.#isOpen || this.#transport === undefined) return false;
    const bytes = typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
    this.#sentMessages++;
    this.#sentBytes += bytes;
    const { metrics } = this.#group;
    metrics.messagesOut++;
    metrics.bytesOut += bytes;
    const { compressionMinSize } = this.#group.common;
    return this.#transport.send(message, compressionMinSize !== "off" && bytes >= compressionMinSize);
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#transport?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#pausedSinceMs = undefined;
    this.#transport?.resume();
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#ending ??= { reason: "closed by the service", detail: undefined };
    // A paused carrier would never read the client's answer.
    this.resume();
    this.#transport?.close(code, reason);
  }

  fail(failure: Failure): void {
    if (!this.#isOpen || this.#ending !== undefined) return;
    const { closeCode, message } = FAILURES[failure.code];
    count(this.#group.metrics.failed, failure.code);
    this.#ending = { reason: failure.code, detail: failure.detail };
    if (failure.code === "session.bug") {
      this.#group.log.error("session failed by a bug", { connection: this.id }, failure);
    }
    this.close(closeCode, message);
  }

  terminate(): void {
    this.#ending ??= { reason: "cut by the service", detail: undefined };
    this.#transport?.terminate();
  }

  subscribe(topic: string): void {
    this.#publishedBefore ??= { ...this.#group.published };
    this.#transport?.subscribe(topic);
  }

  message(message: Message): void {
    if (!this.#isOpen || this.#handler === undefined) return;
    this.#wasHeard = true;
    const { metrics, common } = this.#group;
    const isText = typeof message === "string";
    const bytes = isText ? message.length : message.byteLength;
    const tooBig = isText ? textExceeds(message, common.messageMaxSize) : bytes > common.messageMaxSize;
    if (tooBig) {
      this.#endByLimit(bytes);
      return;
    }
    const exact = isText ? Buffer.byteLength(message) : bytes;
    this.messagesIn++;
    this.bytesIn += exact;
    metrics.messagesIn++;
    metrics.bytesIn += exact;
    try {
      this.#handler.message(message);
    } catch (bug) {
      this.#endByBug(bug);
    }
  }

  drained(): void {
    this.#wasHeard = true;
    if (!this.#isOpen || this.#handler === undefined) return;
    try {
      this.#handler.drained();
    } catch (bug) {
      this.#endByBug(bug);
    }
  }

  pong(): void {
    this.#wasHeard = true;
    if (this.#pingSentMs === undefined) return;
    this.roundTripMs = this.#group.nowMs() - this.#pingSentMs;
    this.#pingSentMs = undefined;
  }

  closed(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { metrics, sessions, log } = this.#group;
    sessions.delete(this);
    metrics.connectionsOpen--;
    this.#group.release(this.address);
    this.#logEnd(log, code, reason);
    try {
      this.#handler?.closed(code, reason);
    } catch (bug) {
      log.error("session failed by a bug", { connection: this.id }, bug);
    }
  }

  /**
   * Looks for silence. Called often compared with the idle timeout T: a ping goes out after T/2 of silence, the end
   * comes after T. While reading is paused nothing can be heard, so then the length of the pause counts instead.
   */
  sweep(nowMs: number): void {
    if (this.#wasHeard) {
      this.#wasHeard = false;
      this.#lastHeardMs = nowMs;
    }
    const { idleTimeout } = this.#group.common;
    if (this.#isPaused) {
      this.#pausedSinceMs ??= nowMs;
      this.#lastHeardMs = nowMs;
      if (nowMs - this.#pausedSinceMs >= idleTimeout) this.#endBySilence("session.stalled", idleTimeout);
      return;
    }
    const silentMs = nowMs - this.#lastHeardMs;
    if (silentMs >= idleTimeout) this.#endBySilence("session.idle", idleTimeout);
    else if (silentMs >= idleTimeout / 2 && this.#pingSentMs === undefined) {
      this.#pingSentMs = nowMs;
      this.#transport?.ping();
    } else if (silentMs < idleTimeout / 2) this.#pingSentMs = undefined;
  }

  #endBySilence(code: "session.idle" | "session.stalled", timeoutMs: number): void {
    this.fail(new Failure(code, `for ${timeoutMs} ms`));
  }

  #endByLimit(bytes: number): void {
    const { messageMaxSize } = this.#group.common;
    this.fail(new Failure("message.too_big", `${bytes} bytes or more; messageMaxSize is ${messageMaxSize}`));
  }

  #endByBug(bug: unknown): void {
    const options = bug instanceof Error ? { cause: bug } : undefined;
    this.fail(new Failure("session.bug", String(bug), options));
  }

  #logEnd(log: Log, code: number, reason: string): void {
    const fields = {
      connection: this.id,
      address: this.address,
      code,
      reason: this.#ending?.reason ?? reason,
      detail: this.#ending?.detail,
      messagesIn: this.messagesIn,
      messagesOut: this.messagesOut,
    };
    // 1000, 1001 and no Close at all (1005, 1006) are how clients leave; the rest is worth an operator's eye.
    if (this.#ending?.detail === undefined && (code <= 1001 || code === 1005 || code === 1006)) {
      log.debug("connection closed", fields);
    } else log.info("connection closed", fields);
  }
}
