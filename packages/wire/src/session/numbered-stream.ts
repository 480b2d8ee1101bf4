// Both directions of a session over whichever carriers it has: which number a frame on a carrier has, when an ack is
// due, and what a carrier sends next. Knows no roles, no states and no tickets.
import type { Carrier } from "./carrier.ts";
import { decodeMessage } from "./decode-frame.ts";
import { encodeAck, encodeFrame } from "./encode-frame.ts";
import type { SessionEvent } from "./event.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import type { CloseFrame } from "./frame.ts";
import { Inbox } from "./inbox.ts";
import { Outbox } from "./outbox.ts";
import type { SessionRules } from "./rules.ts";
import type { SessionSettings } from "./settings.ts";

const EMPTY = new Uint8Array(0);

export class NumberedStream {
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly #rules: SessionRules;
  readonly #settings: SessionSettings;
  #ackDeadlineMs: number | undefined;
  /** An ack goes out whatever is owed: a carrier is new, time is up, or the peer asked. */
  #isAckForced = false;
  #wasFull = false;
  /** A ping without a token asked the peer for its ack, and none came. */
  #askedForAck = false;

  constructor(settings: SessionSettings, rules: SessionRules) {
    this.#rules = rules;
    this.#settings = settings;
    this.outbox = new Outbox(rules, settings.initialCreditBytes, settings.replayMaxBytes);
    this.inbox = new Inbox(rules, settings);
  }

  get ackDeadlineMs(): number | undefined {
    return this.#ackDeadlineMs;
  }

  /** Both ends have said their close, and have what the other sent. */
  get isClosed(): boolean {
    const { closeNumber, acked } = this.outbox;
    return closeNumber > 0 && acked === closeNumber && this.inbox.isCloseTaken;
  }

  // In

  receiveMessage(carrier: Carrier, frame: Uint8Array, isSending: boolean): SessionFault | undefined {
    if (carrier.receiveNext === 0) return SESSION_FAULTS.early;
    const number = this.#rules.numberOf(carrier.receiveNext, this.inbox.received, isSending);
    carrier.receiveNext += 1;
    if (this.#rules.isDuplicate(number, this.inbox.received)) return undefined;
    const message = decodeMessage(frame, this.#settings);
    if (message.type === "fault") return message;
    const fault = this.inbox.admit(frame.length - 1);
    if (fault === undefined) this.inbox.pushMessage(message, frame.length - 1);
    return fault;
  }

  /** An orderly close. It has a number like a message, so that it comes after them all, once. */
  receiveClose(carrier: Carrier, frame: CloseFrame): SessionFault | undefined {
    const { inbox } = this;
    if (carrier.receiveNext === 0) {
      // On a carrier that was not resumed it can only be told again.
      return frame.number <= inbox.received ? undefined : SESSION_FAULTS.early;
    }
    if (frame.number !== carrier.receiveNext) return SESSION_FAULTS.gap;
    carrier.receiveNext += 1;
    if (this.#rules.isDuplicate(frame.number, inbox.received)) return undefined;
    if (inbox.isCloseReceived) return SESSION_FAULTS.again;
    inbox.pushClose({ type: "close", code: frame.code, reason: frame.reason });
    return undefined;
  }

  /** A run of numbers goes on without a gap after what came, or repeats some of it. */
  beginRun(carrier: Carrier, first: number): SessionFault | undefined {
    if (first > this.inbox.received + 1) return SESSION_FAULTS.gap;
    carrier.receiveNext = first;
    return undefined;
  }

  /** The peer has all up to this number, and perhaps grants credit beyond it. */
  acknowledge(count: number, creditBytes: number): SessionFault | undefined {
    if (!this.outbox.acknowledge(count)) return SESSION_FAULTS.unsent;
    this.outbox.grant(count, creditBytes);
    this.#askedForAck = false;
    if (this.#wasFull && this.outbox.hasRoom) {
      this.#wasFull = false;
      this.inbox.pushOwn({ type: "drained" });
    }
    return undefined;
  }

  /** Answers whether there is room for another. */
  accept(frame: Uint8Array): boolean {
    this.outbox.accept(frame);
    this.#wasFull = !this.outbox.hasRoom;
    return !this.#wasFull;
  }

  queueClose(code: number, reason: string): void {
    const number = this.outbox.nextNumber;
    this.outbox.close(encodeFrame({ type: "close", number, isAbort: false, code, reason }));
  }

  nextEvent(nowMs: number): SessionEvent | undefined {
    const event = this.inbox.next();
    if (this.inbox.owesAck && !this.#isAckForced) this.#ackDeadlineMs ??= nowMs + this.#settings.ackDelayMs;
    return event;
  }

  // Out

  forceAck(): void {
    this.#isAckForced = true;
    this.#ackDeadlineMs = undefined;
  }

  forceOwedAck(): void {
    if (this.inbox.owesAck) this.forceAck();
  }

  tick(nowMs: number): void {
    if (this.#ackDeadlineMs !== undefined && nowMs >= this.#ackDeadlineMs) this.forceAck();
  }

  stopPacing(): void {
    this.#isAckForced = false;
    this.#ackDeadlineMs = undefined;
  }

  /** Where the run of a carrier begins that sends from now on. */
  firstToSend(): number {
    return this.#rules.firstToSend(this.outbox.acked);
  }

  nextOutput(carrier: Carrier): Uint8Array | undefined {
    return this.#nextAck(carrier) ?? this.#nextNumbered(carrier);
  }

  #nextAck(carrier: Carrier): Uint8Array | undefined {
    if (!this.#isAckForced) {
      const owedBytes = this.inbox.owedBytes;
      if (owedBytes === 0) return undefined;
      const rides = owedBytes >= this.#settings.ackRideBytes && carrier.sendNext < this.outbox.nextNumber;
      if (owedBytes < this.#settings.ackBytes && !rides) return undefined;
    }
    this.stopPacing();
    return encodeAck(this.inbox.tellAck(), this.#settings.windowBytes);
  }

  #nextNumbered(carrier: Carrier): Uint8Array | undefined {
    const first = this.outbox.acked + 1;
    if (carrier.sendNext < first) {
      // What this carrier had still to send was acknowledged by way of another: its run goes on behind it.
      carrier.sendNext = first;
      return encodeFrame({ type: "skip", first });
    }
    const frame = this.outbox.take(carrier.sendNext);
    if (frame === undefined) return this.outbox.isBlocked ? this.#askForAck() : undefined;
    carrier.sendNext += 1;
    return frame;
  }

  /** A message too large for what is left of the credit waits for small ones that the peer need not acknowledge yet. */
  #askForAck(): Uint8Array | undefined {
    if (this.#askedForAck || this.outbox.unackedBytes >= this.#settings.ackBytes) return undefined;
    this.#askedForAck = true;
    return encodeFrame({ type: "ping", token: EMPTY });
  }
}
