// The machine behind createSessionMachine: roles, carriers, states and the end. Numbers, acks and credit are the
// NumberedStream's; what is decided about them is the rules', which tests replace.
import { UsageError } from "../bytes/usage-error.ts";
import { Carrier } from "./carrier.ts";
import { decodeFrame, isCloseCode } from "./decode-frame.ts";
import { encodeAck, encodeBinary, encodeFrame, encodeText } from "./encode-frame.ts";
import type { LostNumbers, SessionEvent, SessionOutcome } from "./event.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import {
  type AckFrame,
  type CloseFrame,
  type ExtensionFrame,
  FRAME_TYPE,
  type Frame,
  type Message,
  type OpenedFrame,
  type PayloadFrame,
  type ResumedFrame,
  type ResumeFrame,
  type TopicFrame,
} from "./frame.ts";
import { TOKEN_MAX_BYTES } from "./limits.ts";
import { NumberedStream } from "./numbered-stream.ts";
import type { SessionRules } from "./rules.ts";
import type { AttachOptions, SessionMachine } from "./session-machine.ts";
import { SESSION_TRANSITIONS, type SessionState, type SessionTrigger } from "./session-state.ts";
import type { SessionRole, SessionSettings } from "./settings.ts";

const EMPTY = new Uint8Array(0);
/** IANA's "timeout" of the WebSocket close codes. */
const CLOSE_EXPIRED = 3008;

/** How the session ended, with what its late peers are told. */
interface Ending {
  readonly outcome: SessionOutcome;
  readonly code: number;
  readonly reason: string;
}

export class SessionCore implements SessionMachine {
  readonly #role: SessionRole;
  readonly #settings: SessionSettings;
  readonly #rules: SessionRules;
  readonly #stream: NumberedStream;
  #carriers: Carrier[] = [];
  #sending: Carrier | undefined;
  #state: SessionState = "opening";
  #fault: SessionFault | undefined;
  #nowMs = 0;
  #detachDeadlineMs: number | undefined;
  /** The latest resume, sent or come. */
  #attempt = 0;
  /** Initiator: for the next resume. Acceptor: the one issued last. */
  #ticket: Uint8Array = EMPTY;
  /** Initiator: the resume whose answer brought the ticket; a late answer does not bring an older one back. */
  #ticketAttempt = 0;
  #detachWindowMs: number;
  #sendMaxBytes: number;
  /** What a late resume is told. */
  #farewell: Uint8Array | undefined;

  constructor(role: SessionRole, settings: SessionSettings, rules: SessionRules) {
    this.#role = role;
    this.#settings = settings;
    this.#rules = rules;
    this.#stream = new NumberedStream(settings, rules);
    this.#detachWindowMs = settings.detachWindowMs;
    this.#sendMaxBytes = settings.messageMaxBytes;
  }

  get state(): SessionState {
    return this.#state;
  }

  get fault(): SessionFault | undefined {
    return this.#fault;
  }

  get hasRoom(): boolean {
    return this.#state !== "ended" && this.#stream.outbox.hasRoom;
  }

  get sendingCarrierId(): number | undefined {
    return this.#sending?.id;
  }

  get heldBytes(): number {
    let heldBytes = this.#stream.outbox.heldBytes + this.#stream.inbox.heldBytes;
    for (const carrier of this.#carriers) heldBytes += carrier.heldBytes;
    return heldBytes;
  }

  get deadlineMs(): number | undefined {
    // Without a carrier an ack has no way to go; a resume will count.
    const ack = this.#sending === undefined ? undefined : this.#stream.ackDeadlineMs;
    const detach = this.#detachDeadlineMs;
    return ack === undefined || (detach !== undefined && detach < ack) ? detach : ack;
  }

  // Carriers

  attach(carrierId: number, options: AttachOptions, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#find(carrierId) !== undefined) throw new UsageError("The carrier is attached already.");
    const isAcceptor = this.#role.type === "acceptor";
    if (isAcceptor !== (options.ticket !== undefined) || (isAcceptor && options.isProbe === true)) {
      throw new UsageError(
        "An acceptor attaches with a ticket, an initiator without; only an initiator probes.",
      );
    }
    if (
      !isAcceptor &&
      (this.#state === "ended" || (this.#state === "opening" && this.#carriers.length > 0))
    ) {
      throw new UsageError("The session has ended, or waits to be opened on its first carrier.");
    }
    if (this.#state === "opening" && options.isProbe === true) {
      throw new UsageError("The first carrier is no probe: races of first carriers are one session each.");
    }
    const carrier = new Carrier(carrierId, options.ticket ?? EMPTY);
    this.#carriers.push(carrier);
    if (this.#state === "opening") this.#begin(carrier);
    else if (!isAcceptor && options.isProbe !== true) this.#resumeOn(carrier);
  }

  /** The first carrier: numbers begin at 1. */
  #begin(carrier: Carrier): void {
    carrier.sendNext = 1;
    this.#sending = carrier;
    if (this.#role.type === "initiator") {
      carrier.awaitsOpened = true;
      if (this.#settings.windowBytes > this.#settings.initialCreditBytes) this.#stream.forceAck();
      return;
    }
    carrier.receiveNext = 1;
    this.#ticket = carrier.ticket;
    this.#stream.inbox.tellAck();
    carrier.push(
      encodeFrame({
        type: "opened",
        creditBytes: this.#settings.windowBytes,
        messageMaxBytes: this.#settings.messageMaxBytes,
        detachWindowMs: this.#settings.detachWindowMs,
        ticket: carrier.ticket,
        subprotocol: this.#role.subprotocol,
      }),
    );
    carrier.ticket = EMPTY;
    this.#go("opened");
  }

  switchTo(carrierId: number, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#role.type !== "initiator" || this.#state === "opening" || this.#state === "ended") {
      throw new UsageError("Only the initiator of an open session switches.");
    }
    this.#resumeOn(this.#known(carrierId));
  }

  #resumeOn(carrier: Carrier): void {
    this.#attempt += 1;
    carrier.sendNext = this.#stream.firstToSend();
    carrier.awaitsResumed += 1;
    carrier.push(
      encodeFrame({
        type: "resume",
        ticket: this.#ticket,
        attempt: this.#attempt,
        count: this.#stream.inbox.tellResume(),
        first: carrier.sendNext,
      }),
    );
    this.#sendOn(carrier);
    this.#go("resumeSent");
  }

  #sendOn(carrier: Carrier): void {
    this.#sending = carrier;
    this.#stream.forceAck();
  }

  detach(carrierId: number, nowMs: number): void {
    this.#nowMs = nowMs;
    const carrier = this.#known(carrierId);
    this.#carriers = this.#carriers.filter((one) => one !== carrier);
    if (this.#sending !== carrier) return;
    this.#sending = undefined;
    if (this.#state === "ended") return;
    const heir = this.#findTwin();
    if (heir !== undefined) {
      this.#sendOn(heir);
      return;
    }
    if (this.#state === "opening") {
      // Without a ticket there is no way back.
      this.#end(
        { outcome: "expired", code: CLOSE_EXPIRED, reason: "The first carrier was lost." },
        this.#unknownLoss(),
      );
      return;
    }
    this.#go("carrierLost");
    // A resume that was never answered does not lengthen the window.
    this.#detachDeadlineMs ??= nowMs + this.#detachWindowMs;
    this.#stream.inbox.pushOwn({ type: "detached", deadlineMs: this.#detachDeadlineMs });
  }

  /** Acceptor: another carrier with the latest resume. One of the two was repeated on the way, and goes nowhere. */
  #findTwin(): Carrier | undefined {
    if (this.#role.type === "initiator") return undefined;
    return this.#carriers.find(({ attempt, receiveNext }) => receiveNext > 0 && attempt === this.#attempt);
  }

  #find(carrierId: number): Carrier | undefined {
    if (this.#sending?.id === carrierId) return this.#sending;
    return this.#carriers.find(({ id }) => id === carrierId);
  }

  #known(carrierId: number): Carrier {
    const carrier = this.#find(carrierId);
    if (carrier === undefined) throw new UsageError("There is no such carrier.");
    return carrier;
  }

  #go(trigger: SessionTrigger): void {
    const next = SESSION_TRANSITIONS[this.#state][trigger];
    if (next === undefined) throw new UsageError(`A session that is ${this.#state} cannot be ${trigger}.`);
    this.#state = next;
  }

  // Frames in

  receive(carrierId: number, frame: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    const carrier = this.#known(carrierId);
    const type = frame[0];
    const isMessage = type === FRAME_TYPE.text || type === FRAME_TYPE.binary;
    if (this.#state === "ended") {
      if (!isMessage) this.#receiveLate(carrier, frame);
      return;
    }
    const fault = isMessage
      ? this.#stream.receiveMessage(carrier, frame, carrier === this.#sending)
      : this.#receiveOther(carrier, frame);
    if (fault === undefined) return;
    this.#fault = fault;
    this.#end({ outcome: "fault", code: fault.code, reason: fault.reason }, this.#unknownLoss());
  }

  #receiveOther(carrier: Carrier, bytes: Uint8Array): SessionFault | undefined {
    const frame = decodeFrame(bytes, this.#settings);
    switch (frame.type) {
      case "fault":
        return frame;
      case "ack":
        return this.#receiveAck(carrier, frame);
      case "opened":
        return this.#receiveOpened(carrier, frame);
      case "resume":
        return this.#receiveResume(carrier, frame, bytes.length);
      case "resumed":
        return this.#receiveResumed(carrier, frame);
      case "close":
        return this.#receiveClose(carrier, frame);
      case "skip":
        if (carrier.receiveNext === 0) return SESSION_FAULTS.early;
        return this.#stream.beginRun(carrier, frame.first);
      default:
        return this.#receiveUnnumbered(carrier, frame, bytes.length);
    }
  }

  #receiveUnnumbered(
    carrier: Carrier,
    frame: Exclude<Frame, AckFrame | OpenedFrame | ResumeFrame | ResumedFrame | CloseFrame> | ExtensionFrame,
    frameBytes: number,
  ): SessionFault | undefined {
    switch (frame.type) {
      case "ping":
        carrier.pong = encodeFrame({ type: "pong", token: frame.token });
        this.#stream.forceOwedAck();
        return undefined;
      case "pong":
        // The machine's own pings have no token.
        if (frame.token.length === 0) return undefined;
        return this.#stream.inbox.pushUnnumbered(
          { type: "pong", carrierId: carrier.id, token: frame.token },
          frameBytes,
        );
      case "move":
      case "auth":
      case "notice":
      case "topic":
        return this.#stream.inbox.pushUnnumbered(frame, frameBytes);
      default:
        return undefined;
    }
  }

  #receiveAck(carrier: Carrier, frame: AckFrame): SessionFault | undefined {
    // Instead of `resumed` the final numbers may come: an ack and a close.
    if (carrier.receiveNext === 0 && carrier.awaitsResumed === 0) return SESSION_FAULTS.early;
    return this.#acknowledge(frame.count, frame.creditBytes);
  }

  #acknowledge(count: number, creditBytes: number): SessionFault | undefined {
    const fault = this.#stream.acknowledge(count, creditBytes);
    if (fault === undefined) this.#endIfClosed();
    return fault;
  }

  #receiveOpened(carrier: Carrier, frame: OpenedFrame): SessionFault | undefined {
    if (this.#role.type === "acceptor") return SESSION_FAULTS.role;
    if (!carrier.awaitsOpened) return SESSION_FAULTS.again;
    carrier.awaitsOpened = false;
    carrier.receiveNext = 1;
    this.#ticket = frame.ticket.slice();
    this.#detachWindowMs = frame.detachWindowMs;
    this.#sendMaxBytes = Math.min(this.#settings.messageMaxBytes, frame.messageMaxBytes);
    this.#go("opened");
    this.#stream.inbox.pushOwn({
      type: "opened",
      carrierId: carrier.id,
      ticket: this.#ticket,
      subprotocol: frame.subprotocol,
      messageMaxBytes: frame.messageMaxBytes,
      detachWindowMs: frame.detachWindowMs,
    });
    return this.#acknowledge(0, frame.creditBytes);
  }

  #receiveResume(carrier: Carrier, frame: ResumeFrame, frameBytes: number): SessionFault | undefined {
    if (this.#role.type === "initiator") return SESSION_FAULTS.role;
    if (carrier.heldBytes > this.#settings.unnumberedMaxBytes) return SESSION_FAULTS.flood;
    const fault = this.#stream.beginRun(carrier, frame.first) ?? this.#stream.acknowledge(frame.count, 0);
    if (fault !== undefined) return fault;
    const isNewTicket = isSame(frame.ticket, this.#ticket);
    if (carrier.ticket.length > 0) this.#ticket = carrier.ticket;
    carrier.sendNext = this.#stream.firstToSend();
    carrier.attempt = frame.attempt;
    const count = this.#stream.inbox.tellResume();
    const { ticket, sendNext: first } = carrier;
    carrier.ticket = EMPTY;
    carrier.push(encodeFrame({ type: "resumed", ticket, attempt: frame.attempt, count, first }));
    const isLatest = this.#rules.isLatest(frame.attempt, this.#attempt, this.#sending === undefined);
    if (isLatest) {
      this.#attempt = frame.attempt;
      this.#detachDeadlineMs = undefined;
      this.#go("resumed");
      this.#sendOn(carrier);
    }
    const event: SessionEvent = { type: "attached", carrierId: carrier.id, isLatest, isNewTicket };
    const flood = this.#stream.inbox.pushUnnumbered(event, frameBytes);
    if (flood === undefined) this.#endIfClosed();
    return flood;
  }

  #receiveResumed(carrier: Carrier, frame: ResumedFrame): SessionFault | undefined {
    if (this.#role.type === "acceptor") return SESSION_FAULTS.role;
    if (carrier.awaitsResumed === 0) return SESSION_FAULTS.again;
    if (frame.attempt > this.#attempt) return SESSION_FAULTS.field;
    carrier.awaitsResumed -= 1;
    const fault = this.#stream.beginRun(carrier, frame.first) ?? this.#stream.acknowledge(frame.count, 0);
    if (fault !== undefined) return fault;
    if (frame.ticket.length > 0 && frame.attempt >= this.#ticketAttempt) {
      this.#ticket = frame.ticket.slice();
      this.#ticketAttempt = frame.attempt;
    }
    if (frame.attempt === this.#attempt && this.#sending !== undefined) {
      this.#detachDeadlineMs = undefined;
      this.#go("resumed");
    }
    this.#stream.inbox.pushOwn({ type: "resumed", carrierId: carrier.id, ticket: this.#ticket });
    this.#endIfClosed();
    return undefined;
  }

  #receiveClose(carrier: Carrier, frame: CloseFrame): SessionFault | undefined {
    if (!frame.isAbort) return this.#stream.receiveClose(carrier, frame);
    const { received } = this.#stream.inbox;
    // Number 0 says nothing about how many there were.
    const to = frame.number === 0 ? undefined : frame.number - 1;
    // A peer that closed before has one number more: its close.
    if (to !== undefined && to + 1 < received) return SESSION_FAULTS.field;
    const lost = to !== undefined && to <= received ? undefined : { from: received + 1, to };
    this.#end({ outcome: "aborted", code: frame.code, reason: frame.reason }, lost);
    return undefined;
  }

  /** After the end a resume is told the final numbers, and a close that was late is acknowledged once more. */
  #receiveLate(carrier: Carrier, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes, this.#settings);
    const isLateResume = frame.type === "resume" && this.#role.type === "acceptor";
    const isLateClose = frame.type === "close" && !frame.isAbort && carrier.sendNext > 0;
    if (carrier.heldBytes > this.#settings.unnumberedMaxBytes || (!isLateResume && !isLateClose)) return;
    carrier.push(this.#finalAck());
    if (isLateResume && this.#farewell !== undefined) carrier.push(this.#farewell);
  }

  #finalAck(): Uint8Array {
    return encodeAck(this.#stream.inbox.tellAck(), 0);
  }

  // What our own side asks

  send(message: Message, nowMs: number): boolean {
    const frame = message.type === "text" ? encodeText(message.text) : encodeBinary(message.bytes);
    return this.sendFrame(frame, nowMs);
  }

  sendFrame(frame: Uint8Array, nowMs: number): boolean {
    this.#nowMs = nowMs;
    if (frame[0] !== FRAME_TYPE.text && frame[0] !== FRAME_TYPE.binary) {
      throw new UsageError("Only messages are sent with a number.");
    }
    if (frame.length - 1 > this.#sendMaxBytes)
      throw new UsageError("The message is larger than the peer takes.");
    if (this.#state === "ended") throw new UsageError("The session has ended.");
    return this.#stream.accept(frame);
  }

  signal(frame: PayloadFrame | TopicFrame): boolean {
    const carrier = this.#sending;
    if (carrier === undefined || this.#state === "ended") return false;
    const bytes = encodeFrame(frame);
    if (carrier.heldBytes + bytes.length > this.#settings.unnumberedMaxBytes) return false;
    carrier.push(bytes);
    return true;
  }

  ping(carrierId: number, token: Uint8Array): void {
    if (token.length === 0 || token.length > TOKEN_MAX_BYTES)
      throw new UsageError("A token has 1 to 125 bytes.");
    this.#known(carrierId).push(encodeFrame({ type: "ping", token }));
  }

  close(code: number, reason: string, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#state === "ended" || this.#stream.outbox.closeNumber > 0)
      throw new UsageError("The session is closed already.");
    this.#stream.queueClose(code, reason);
  }

  abort(code: number, reason: string, nowMs: number): void {
    this.#nowMs = nowMs;
    if (this.#state === "ended") throw new UsageError("The session has ended.");
    if (!isCloseCode(code)) throw new UsageError("The close code may not be sent (RFC 6455 §7.4).");
    this.#stream.inbox.discard();
    this.#end({ outcome: "aborted", code, reason }, this.#unknownLoss());
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#stream.tick(nowMs);
    if (this.#detachDeadlineMs === undefined || nowMs < this.#detachDeadlineMs) return;
    this.#end(
      { outcome: "expired", code: CLOSE_EXPIRED, reason: "No carrier came for too long." },
      this.#unknownLoss(),
    );
  }

  // The end

  #endIfClosed(): void {
    if (this.#state === "ended" || !this.#stream.isClosed) return;
    const number = this.#stream.outbox.closeNumber;
    // On all of them, since it is the last: the sending one may turn out to go nowhere.
    const ack = encodeAck(this.#stream.inbox.tellAck(), this.#settings.windowBytes);
    for (const carrier of this.#carriers) if (carrier.sendNext > 0) carrier.push(ack);
    this.#farewell = encodeFrame({ type: "close", number, isAbort: false, code: 1000, reason: "" });
    this.#finish({ outcome: "closed", code: 1000, reason: "" }, undefined);
  }

  /** Every end but the orderly one. */
  #end(ending: Ending, lostReceived: LostNumbers | undefined): void {
    const { inbox, outbox } = this.#stream;
    const number = outbox.closeNumber || outbox.nextNumber;
    inbox.settle();
    this.#farewell = encodeFrame({
      type: "close",
      number,
      isAbort: true,
      code: ending.code,
      reason: ending.reason,
    });
    for (const carrier of this.#carriers) {
      carrier.push(this.#finalAck());
      carrier.push(this.#farewell);
    }
    this.#finish(ending, lostReceived);
  }

  /** Where the peer has not said how much it sent. */
  #unknownLoss(): LostNumbers | undefined {
    const { inbox } = this.#stream;
    return inbox.isCloseReceived ? undefined : { from: inbox.received + 1, to: undefined };
  }

  #finish(ending: Ending, lostReceived: LostNumbers | undefined): void {
    this.#detachDeadlineMs = undefined;
    this.#stream.stopPacing();
    this.#go("ended");
    this.#stream.inbox.pushOwn({
      type: "ended",
      ...ending,
      lostSent: this.#stream.outbox.discard(),
      lostReceived,
    });
  }

  // Events and frames out

  nextEvent(): SessionEvent | undefined {
    if (this.#state === "ended") return this.#stream.inbox.next();
    const event = this.#stream.nextEvent(this.#nowMs);
    if (event?.type === "close") this.#takeClose(event.code, event.reason);
    return event;
  }

  /** The peer's close is answered with our own, behind what was accepted before it. */
  #takeClose(code: number, reason: string): void {
    this.#stream.forceAck();
    if (this.#stream.outbox.closeNumber === 0) this.#stream.queueClose(code, reason);
    this.#endIfClosed();
  }

  nextOutput(carrierId: number): Uint8Array | undefined {
    const carrier = this.#known(carrierId);
    const waiting = carrier.shift();
    if (waiting !== undefined) return waiting;
    return carrier === this.#sending && this.#state !== "ended"
      ? this.#stream.nextOutput(carrier)
      : undefined;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
