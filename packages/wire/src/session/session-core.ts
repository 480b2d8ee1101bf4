// The machine behind createSessionMachine: gives each frame and each call to the part whose it is. Numbers are the
// NumberedStream's, states and carriers the SessionLife's, opening and resuming the Role's; what is decided about
// numbers is the rules', which tests replace.
import { UsageError } from "../bytes/usage-error.ts";
import { Acceptor } from "./acceptor.ts";
import { Carrier } from "./carrier.ts";
import { decodeFrame, isCloseCode } from "./decode-frame.ts";
import { encodeBinary, encodeFrame, encodeText } from "./encode-frame.ts";
import type { SessionEvent } from "./event.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import {
  type AckFrame,
  type CloseFrame,
  FRAME_TYPE,
  type Message,
  type PayloadFrame,
  type TokenFrame,
  type TopicFrame,
} from "./frame.ts";
import { Initiator } from "./initiator.ts";
import { TOKEN_MAX_BYTES } from "./limits.ts";
import type { NumberedStream } from "./numbered-stream.ts";
import type { Role } from "./role.ts";
import type { SessionRules } from "./rules.ts";
import { SessionLife } from "./session-life.ts";
import type { AttachOptions, SessionMachine } from "./session-machine.ts";
import type { SessionState } from "./session-state.ts";
import type { SessionRole, SessionSettings } from "./settings.ts";

const EMPTY = new Uint8Array(0);

export class SessionCore implements SessionMachine {
  readonly #life: SessionLife;
  readonly #stream: NumberedStream;
  readonly #role: Role;
  #fault: SessionFault | undefined;
  #nowMs = 0;

  constructor(role: SessionRole, settings: SessionSettings, rules: SessionRules) {
    this.#life = new SessionLife(settings, rules);
    this.#stream = this.#life.stream;
    this.#role =
      role.type === "initiator"
        ? new Initiator(this.#life)
        : new Acceptor(this.#life, rules, role.subprotocol);
  }

  get state(): SessionState {
    return this.#life.state;
  }

  get fault(): SessionFault | undefined {
    return this.#fault;
  }

  get hasRoom(): boolean {
    return this.state !== "ended" && this.#stream.outbox.hasRoom;
  }

  get sendingCarrierId(): number | undefined {
    return this.#life.sending?.id;
  }

  get heldBytes(): number {
    let heldBytes = this.#stream.outbox.heldBytes + this.#stream.inbox.heldBytes;
    for (const carrier of this.#life.carriers) heldBytes += carrier.heldBytes;
    return heldBytes;
  }

  get deadlineMs(): number | undefined {
    // Without a carrier an ack has no way to go; a resume will count.
    const ack = this.#life.sending === undefined ? undefined : this.#stream.ackDeadlineMs;
    const detach = this.#life.detachDeadlineMs;
    return ack === undefined || (detach !== undefined && detach < ack) ? detach : ack;
  }

  // Carriers

  attach(carrierId: number, options: AttachOptions, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#role.assertAttach(options);
    const carrier = new Carrier(carrierId, options.ticket ?? EMPTY);
    this.#life.add(carrier);
    if (this.state === "opening") this.#role.begin(carrier);
    else this.#role.attached(carrier, options);
  }

  switchTo(carrierId: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#role.switchTo(this.#life.known(carrierId));
  }

  detach(carrierId: number, nowMs: number): void {
    this.#nowMs = nowMs;
    if (!this.#life.remove(this.#life.known(carrierId))) return;
    const heir = this.#role.findHeir();
    if (heir !== undefined) this.#life.sendOn(heir);
    else this.#life.detach(nowMs);
  }

  // Frames in

  receive(carrierId: number, frame: Uint8Array, nowMs: number): void {
    this.#nowMs = nowMs;
    const carrier = this.#life.known(carrierId);
    const type = frame[0];
    const isMessage = type === FRAME_TYPE.text || type === FRAME_TYPE.binary;
    if (this.state === "ended") {
      if (!isMessage) this.#receiveLate(carrier, frame);
      return;
    }
    const fault = isMessage
      ? this.#stream.receiveMessage(carrier, frame, carrier === this.#life.sending)
      : this.#receiveOther(carrier, frame);
    if (fault === undefined) return;
    this.#fault = fault;
    this.#life.end({ outcome: "fault", code: fault.code, reason: fault.reason }, this.#life.unknownLoss());
  }

  #receiveOther(carrier: Carrier, bytes: Uint8Array): SessionFault | undefined {
    const frame = decodeFrame(bytes, this.#life.settings);
    switch (frame.type) {
      case "fault":
        return frame;
      case "ack":
        return this.#receiveAck(carrier, frame);
      case "opened":
      case "resume":
      case "resumed":
        return this.#role.receive(carrier, frame, bytes.length);
      case "close":
        return frame.isAbort ? this.#receiveAbort(frame) : this.#stream.receiveClose(carrier, frame);
      case "skip":
        return carrier.receiveNext === 0 ? SESSION_FAULTS.early : this.#stream.beginRun(carrier, frame.first);
      case "ping":
      case "pong":
        return this.#receiveToken(carrier, frame, bytes.length);
      case "move":
      case "auth":
      case "notice":
      case "topic":
        return this.#stream.inbox.pushUnnumbered(frame, bytes.length);
      default:
        // An extension. Messages do not come this way.
        return undefined;
    }
  }

  #receiveToken(carrier: Carrier, frame: TokenFrame, frameBytes: number): SessionFault | undefined {
    if (frame.type === "ping") {
      carrier.pong = encodeFrame({ type: "pong", token: frame.token });
      this.#stream.forceOwedAck();
      return undefined;
    }
    // The machine's own pings have no token.
    if (frame.token.length === 0) return undefined;
    const event = { type: "pong", carrierId: carrier.id, token: frame.token } as const;
    return this.#stream.inbox.pushUnnumbered(event, frameBytes);
  }

  #receiveAck(carrier: Carrier, frame: AckFrame): SessionFault | undefined {
    // Instead of `resumed` the final numbers may come: an ack and a close.
    if (carrier.receiveNext === 0 && carrier.awaitsResumed === 0) return SESSION_FAULTS.early;
    const fault = this.#stream.acknowledge(frame.count, frame.creditBytes);
    if (fault === undefined) this.#life.endIfClosed();
    return fault;
  }

  #receiveAbort(frame: CloseFrame): SessionFault | undefined {
    const { received } = this.#stream.inbox;
    // Number 0 says nothing about how many there were.
    const to = frame.number === 0 ? undefined : frame.number - 1;
    // A peer that closed before has one number more: its close.
    if (to !== undefined && to + 1 < received) return SESSION_FAULTS.field;
    const lost = to !== undefined && to <= received ? undefined : { from: received + 1, to };
    this.#life.end({ outcome: "aborted", code: frame.code, reason: frame.reason }, lost);
    return undefined;
  }

  /** After the end a resume is told the final numbers, and a close that was late is acknowledged once more. */
  #receiveLate(carrier: Carrier, bytes: Uint8Array): void {
    // What the carrier has no room for is not piled up.
    if (carrier.heldBytes > this.#life.settings.unnumberedMaxBytes) return;
    const frame = decodeFrame(bytes, this.#life.settings);
    if (frame.type === "resume" && this.#role.answersLateResume) this.#life.sayFarewell(carrier);
    if (frame.type === "close" && !frame.isAbort && carrier.sendNext > 0) this.#life.sayFinalAck(carrier);
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
    if (frame.length - 1 > this.#role.sendMaxBytes)
      throw new UsageError("The peer takes no message so large.");
    this.#assertNotEnded();
    return this.#stream.accept(frame);
  }

  #assertNotEnded(): void {
    if (this.state === "ended") throw new UsageError("The session has ended.");
  }

  signal(frame: PayloadFrame | TopicFrame): boolean {
    const carrier = this.#life.sending;
    if (carrier === undefined || this.state === "ended") return false;
    const bytes = encodeFrame(frame);
    if (carrier.heldBytes + bytes.length > this.#life.settings.unnumberedMaxBytes) return false;
    carrier.push(bytes);
    return true;
  }

  ping(carrierId: number, token: Uint8Array): void {
    if (token.length === 0 || token.length > TOKEN_MAX_BYTES) {
      throw new UsageError("A token has 1 to 125 bytes.");
    }
    this.#life.known(carrierId).push(encodeFrame({ type: "ping", token }));
  }

  close(code: number, reason: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#assertNotEnded();
    if (this.#stream.outbox.closeNumber > 0) throw new UsageError("The session is closed already.");
    this.#stream.queueClose(code, reason);
  }

  abort(code: number, reason: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#assertNotEnded();
    if (!isCloseCode(code)) throw new UsageError("The close code may not be sent (RFC 6455 §7.4).");
    this.#stream.inbox.discard();
    this.#life.end({ outcome: "aborted", code, reason }, this.#life.unknownLoss());
  }

  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#life.tick(nowMs);
  }

  // Events and frames out

  nextEvent(): SessionEvent | undefined {
    if (this.state === "ended") return this.#stream.inbox.next();
    const event = this.#stream.nextEvent(this.#nowMs);
    if (event?.type === "close") this.#takeClose(event.code, event.reason);
    return event;
  }

  /** The peer's close is answered with our own, behind what was accepted before it. */
  #takeClose(code: number, reason: string): void {
    this.#stream.forceAck();
    if (this.#stream.outbox.closeNumber === 0) this.#stream.queueClose(code, reason);
    this.#life.endIfClosed();
  }

  nextOutput(carrierId: number): Uint8Array | undefined {
    const carrier = this.#life.known(carrierId);
    const waiting = carrier.shift();
    if (waiting !== undefined) return waiting;
    const isSending = carrier === this.#life.sending && this.state !== "ended";
    return isSending ? this.#stream.nextOutput(carrier) : undefined;
  }
}
