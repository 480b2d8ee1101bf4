// The end that takes carriers: opens the first, expects a resume on later ones (docs/protocol/session.md 6). Whether
// the ticket of a resume is good, its owner has judged before it attached the carrier.
import { UsageError } from "../bytes/usage-error.ts";
import type { Carrier } from "./carrier.ts";
import { encodeFrame } from "./encode-frame.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import type { OpenedFrame, ResumedFrame, ResumeFrame } from "./frame.ts";
import type { Role } from "./role.ts";
import type { SessionRules } from "./rules.ts";
import type { SessionLife } from "./session-life.ts";
import type { AttachOptions } from "./session-machine.ts";

const EMPTY = new Uint8Array(0);

export class Acceptor implements Role {
  readonly answersLateResume = true;
  readonly #life: SessionLife;
  readonly #rules: SessionRules;
  readonly #subprotocol: string;
  /** The highest that came. */
  #attempt = 0;
  /** The one issued last. */
  #ticket: Uint8Array = EMPTY;

  constructor(life: SessionLife, rules: SessionRules, subprotocol: string) {
    this.#life = life;
    this.#rules = rules;
    this.#subprotocol = subprotocol;
  }

  get sendMaxBytes(): number {
    return this.#life.settings.messageMaxBytes;
  }

  assertAttach(options: AttachOptions): void {
    if (options.ticket === undefined)
      throw new UsageError("An acceptor attaches with a ticket, or an empty one.");
    if (options.isProbe !== undefined) throw new UsageError("Only an initiator probes.");
  }

  begin(carrier: Carrier): void {
    const { settings, stream } = this.#life;
    this.#life.beginOn(carrier);
    carrier.receiveNext = 1;
    // `opened` grants a window, as an ack of nothing.
    stream.inbox.tellAck();
    carrier.push(
      encodeFrame({
        type: "opened",
        creditBytes: settings.windowBytes,
        messageMaxBytes: settings.messageMaxBytes,
        detachWindowMs: settings.detachWindowMs,
        ticket: this.#issue(carrier),
        subprotocol: this.#subprotocol,
      }),
    );
    this.#life.go("opened");
  }

  /** Once on each carrier: by a second resume there others may have issued later ones. */
  #issue(carrier: Carrier): Uint8Array {
    const { ticket } = carrier;
    carrier.ticket = EMPTY;
    if (ticket.length > 0) this.#ticket = ticket;
    return ticket;
  }

  /** It waits for its resume. */
  attached(): void {}

  switchTo(): never {
    throw new UsageError("Only an initiator switches.");
  }

  /** One of two carriers with the same resume was repeated on the way, and goes nowhere. */
  findHeir(): Carrier | undefined {
    return this.#life.carriers.find(
      ({ attempt, receiveNext }) => receiveNext > 0 && attempt === this.#attempt,
    );
  }

  receive(
    carrier: Carrier,
    frame: OpenedFrame | ResumeFrame | ResumedFrame,
    frameBytes: number,
  ): SessionFault | undefined {
    return frame.type === "resume" ? this.#receiveResume(carrier, frame, frameBytes) : SESSION_FAULTS.role;
  }

  #receiveResume(carrier: Carrier, frame: ResumeFrame, frameBytes: number): SessionFault | undefined {
    const { settings, stream, sending } = this.#life;
    if (carrier.heldBytes > settings.unnumberedMaxBytes) return SESSION_FAULTS.flood;
    const fault = stream.beginRun(carrier, frame.first) ?? stream.acknowledge(frame.count, 0);
    if (fault !== undefined) return fault;
    const isNewTicket = isSame(frame.ticket, this.#ticket);
    this.#answer(carrier, frame.attempt);
    const isLatest = this.#rules.isLatest(frame.attempt, this.#attempt, sending === undefined);
    if (isLatest) {
      this.#attempt = frame.attempt;
      this.#life.resumed();
      this.#life.sendOn(carrier);
    }
    const event = { type: "attached", carrierId: carrier.id, isLatest, isNewTicket } as const;
    const flood = stream.inbox.pushUnnumbered(event, frameBytes);
    if (flood === undefined) this.#life.endIfClosed();
    return flood;
  }

  #answer(carrier: Carrier, attempt: number): void {
    const { stream } = this.#life;
    carrier.attempt = attempt;
    carrier.sendNext = stream.firstToSend();
    const ticket = this.#issue(carrier);
    const count = stream.inbox.tellResume();
    carrier.push(encodeFrame({ type: "resumed", ticket, attempt, count, first: carrier.sendNext }));
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
