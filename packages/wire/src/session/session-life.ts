// What both roles share: the state, the carriers and which of them sends, the detach window and the end with its
// reckoning of what was lost. Reads no frames; how a session opens and resumes is its role's.
import { UsageError } from "../bytes/usage-error.ts";
import type { Carrier } from "./carrier.ts";
import { encodeAck, encodeFrame } from "./encode-frame.ts";
import type { LostNumbers, SessionOutcome } from "./event.ts";
import { NumberedStream } from "./numbered-stream.ts";
import type { SessionRules } from "./rules.ts";
import { SESSION_TRANSITIONS, type SessionState, type SessionTrigger } from "./session-state.ts";
import type { SessionSettings } from "./settings.ts";

/** IANA's "timeout" of the WebSocket close codes. */
const CLOSE_EXPIRED = 3008;

interface Ending {
  readonly outcome: SessionOutcome;
  readonly code: number;
  readonly reason: string;
}

export class SessionLife {
  readonly settings: SessionSettings;
  readonly stream: NumberedStream;
  /** An initiator learns the acceptor's. */
  detachWindowMs: number;
  #state: SessionState = "opening";
  #carriers: Carrier[] = [];
  #sending: Carrier | undefined;
  #detachDeadlineMs: number | undefined;
  /** The close that a late resume is told; `undefined` before the end. */
  #farewell: Uint8Array | undefined;

  constructor(settings: SessionSettings, rules: SessionRules) {
    this.settings = settings;
    this.stream = new NumberedStream(settings, rules);
    this.detachWindowMs = settings.detachWindowMs;
  }

  get state(): SessionState {
    return this.#state;
  }

  get carriers(): readonly Carrier[] {
    return this.#carriers;
  }

  get sending(): Carrier | undefined {
    return this.#sending;
  }

  get detachDeadlineMs(): number | undefined {
    return this.#detachDeadlineMs;
  }

  go(trigger: SessionTrigger): void {
    const next = SESSION_TRANSITIONS[this.#state][trigger];
    if (next === undefined) throw new UsageError(`A session that is ${this.#state} cannot be ${trigger}.`);
    this.#state = next;
  }

  // Carriers

  find(carrierId: number): Carrier | undefined {
    if (this.#sending?.id === carrierId) return this.#sending;
    return this.#carriers.find(({ id }) => id === carrierId);
  }

  known(carrierId: number): Carrier {
    const carrier = this.find(carrierId);
    if (carrier === undefined) throw new UsageError("There is no such carrier.");
    return carrier;
  }

  add(carrier: Carrier): void {
    if (this.find(carrier.id) !== undefined) throw new UsageError("The carrier is attached already.");
    this.#carriers.push(carrier);
  }

  /** On the first carrier numbers begin at 1. */
  beginOn(carrier: Carrier): void {
    carrier.sendNext = 1;
    this.#sending = carrier;
  }

  /** On another carrier the peer has to be told its credit anew. */
  sendOn(carrier: Carrier): void {
    this.#sending = carrier;
    this.stream.forceAck();
  }

  resumed(): void {
    this.#detachDeadlineMs = undefined;
    this.go("resumed");
  }

  /** Answers whether the sending one is gone, and the session with no way to send. */
  remove(carrier: Carrier): boolean {
    this.#carriers = this.#carriers.filter((one) => one !== carrier);
    if (this.#sending !== carrier) return false;
    this.#sending = undefined;
    return this.#state !== "ended";
  }

  detach(nowMs: number): void {
    if (this.#state === "opening") {
      // Without a ticket there is no way back.
      this.#expire("The first carrier was lost.");
      return;
    }
    this.go("carrierLost");
    // A resume that was never answered does not lengthen the window.
    this.#detachDeadlineMs ??= nowMs + this.detachWindowMs;
    this.stream.inbox.pushOwn({ type: "detached", deadlineMs: this.#detachDeadlineMs });
  }

  tick(nowMs: number): void {
    this.stream.tick(nowMs);
    if (this.#detachDeadlineMs === undefined || nowMs < this.#detachDeadlineMs) return;
    this.#expire("No carrier came for too long.");
  }

  // The end

  endIfClosed(): void {
    if (this.#state === "ended" || !this.stream.isClosed) return;
    const number = this.stream.outbox.closeNumber;
    // On all of them, since it is the last: the sending one may turn out to go nowhere.
    const ack = encodeAck(this.stream.inbox.tellAck(), this.settings.windowBytes);
    for (const carrier of this.#carriers) if (carrier.sendNext > 0) carrier.push(ack);
    this.#farewell = encodeFrame({ type: "close", number, isAbort: false, code: 1000, reason: "" });
    this.#finish({ outcome: "closed", code: 1000, reason: "" }, undefined);
  }

  #expire(reason: string): void {
    this.end({ outcome: "expired", code: CLOSE_EXPIRED, reason }, this.unknownLoss());
  }

  /** Every end but the orderly one. */
  end(ending: Ending, lostReceived: LostNumbers | undefined): void {
    const { inbox, outbox } = this.stream;
    const { code, reason } = ending;
    const number = outbox.closeNumber || outbox.nextNumber;
    inbox.settle();
    this.#farewell = encodeFrame({ type: "close", number, isAbort: true, code, reason });
    for (const carrier of this.#carriers) this.sayFarewell(carrier);
    this.#finish(ending, lostReceived);
  }

  /** The final numbers. */
  sayFarewell(carrier: Carrier): void {
    this.sayFinalAck(carrier);
    if (this.#farewell !== undefined) carrier.push(this.#farewell);
  }

  sayFinalAck(carrier: Carrier): void {
    carrier.push(encodeAck(this.stream.inbox.tellAck(), 0));
  }

  /** Where the peer has not said how much it sent. */
  unknownLoss(): LostNumbers | undefined {
    const { inbox } = this.stream;
    return inbox.isCloseReceived ? undefined : { from: inbox.received + 1, to: undefined };
  }

  #finish(ending: Ending, lostReceived: LostNumbers | undefined): void {
    this.#detachDeadlineMs = undefined;
    this.stream.stopPacing();
    this.go("ended");
    const lostSent = this.stream.outbox.discard();
    this.stream.inbox.pushOwn({ type: "ended", ...ending, lostSent, lostReceived });
  }
}
