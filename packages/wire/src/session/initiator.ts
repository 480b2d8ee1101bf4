// The end that dials carriers: is opened on the first, resumes on later ones (docs/protocol/session.md 6).
import { UsageError } from "../bytes/usage-error.ts";
import type { Carrier } from "./carrier.ts";
import { encodeFrame } from "./encode-frame.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import type { OpenedFrame, ResumedFrame, ResumeFrame } from "./frame.ts";
import type { Role } from "./role.ts";
import type { SessionLife } from "./session-life.ts";
import type { AttachOptions } from "./session-machine.ts";

const EMPTY = new Uint8Array(0);

export class Initiator implements Role {
  readonly answersLateResume = false;
  readonly #life: SessionLife;
  #sendMaxBytes: number;
  /** The latest resume. */
  #attempt = 0;
  #ticket: Uint8Array = EMPTY;
  /** The resume whose answer brought the ticket; a late answer does not bring an older one back. */
  #ticketAttempt = 0;

  constructor(life: SessionLife) {
    this.#life = life;
    this.#sendMaxBytes = life.settings.messageMaxBytes;
  }

  get sendMaxBytes(): number {
    return this.#sendMaxBytes;
  }

  assertAttach(options: AttachOptions): void {
    const { state, carriers } = this.#life;
    if (options.ticket !== undefined) throw new UsageError("Only an acceptor attaches with a ticket.");
    if (state === "ended") throw new UsageError("The session has ended.");
    if (state !== "opening") return;
    if (carriers.length > 0) throw new UsageError("The session waits to be opened on its first carrier.");
    if (options.isProbe === true) {
      throw new UsageError("The first carrier is no probe: races of first carriers are one session each.");
    }
  }

  begin(carrier: Carrier): void {
    const { settings, stream } = this.#life;
    this.#life.beginOn(carrier);
    carrier.awaitsOpened = true;
    if (settings.windowBytes > settings.initialCreditBytes) stream.forceAck();
  }

  attached(carrier: Carrier, options: AttachOptions): void {
    if (options.isProbe !== true) this.#resumeOn(carrier);
  }

  switchTo(carrier: Carrier): void {
    const { state } = this.#life;
    if (state === "opening" || state === "ended") throw new UsageError("Only an open session switches.");
    this.#resumeOn(carrier);
  }

  #resumeOn(carrier: Carrier): void {
    const { stream } = this.#life;
    this.#attempt += 1;
    carrier.sendNext = stream.firstToSend();
    carrier.awaitsResumed += 1;
    carrier.push(
      encodeFrame({
        type: "resume",
        ticket: this.#ticket,
        attempt: this.#attempt,
        count: stream.inbox.tellResume(),
        first: carrier.sendNext,
      }),
    );
    this.#life.sendOn(carrier);
    this.#life.go("resumeSent");
  }

  /** The owner decides which carrier to resume on. */
  findHeir(): undefined {
    return undefined;
  }

  receive(carrier: Carrier, frame: OpenedFrame | ResumeFrame | ResumedFrame): SessionFault | undefined {
    if (frame.type === "opened") return this.#receiveOpened(carrier, frame);
    return frame.type === "resumed" ? this.#receiveResumed(carrier, frame) : SESSION_FAULTS.role;
  }

  #receiveOpened(carrier: Carrier, frame: OpenedFrame): SessionFault | undefined {
    if (!carrier.awaitsOpened) return SESSION_FAULTS.again;
    const { settings, stream } = this.#life;
    carrier.awaitsOpened = false;
    carrier.receiveNext = 1;
    this.#ticket = frame.ticket.slice();
    this.#life.detachWindowMs = frame.detachWindowMs;
    this.#sendMaxBytes = Math.min(settings.messageMaxBytes, frame.messageMaxBytes);
    this.#life.go("opened");
    stream.inbox.pushOwn({
      type: "opened",
      carrierId: carrier.id,
      ticket: this.#ticket,
      subprotocol: frame.subprotocol,
      messageMaxBytes: frame.messageMaxBytes,
      detachWindowMs: frame.detachWindowMs,
    });
    return stream.acknowledge(0, frame.creditBytes);
  }

  #receiveResumed(carrier: Carrier, frame: ResumedFrame): SessionFault | undefined {
    if (carrier.awaitsResumed === 0) return SESSION_FAULTS.again;
    if (frame.attempt > this.#attempt) return SESSION_FAULTS.field;
    const { stream } = this.#life;
    carrier.awaitsResumed -= 1;
    const fault = stream.beginRun(carrier, frame.first) ?? stream.acknowledge(frame.count, 0);
    if (fault !== undefined) return fault;
    if (frame.ticket.length > 0 && frame.attempt >= this.#ticketAttempt) {
      this.#ticket = frame.ticket.slice();
      this.#ticketAttempt = frame.attempt;
    }
    if (frame.attempt === this.#attempt && this.#life.sending !== undefined) this.#life.resumed();
    stream.inbox.pushOwn({ type: "resumed", carrierId: carrier.id, ticket: this.#ticket });
    this.#life.endIfClosed();
    return undefined;
  }
}
