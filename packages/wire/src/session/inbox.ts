// One direction of a session at its receiving end: tells new numbers from duplicates, holds what its owner has not
// taken, in order with all other events, and says what to acknowledge. What is held of messages is bounded by what was
// granted; what is held of unnumbered frames has a limit of its own.
//
//   told <= taken <= received        messages taken+1 .. received are held
import type { SessionEvent } from "./event.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import type { SessionRules } from "./rules.ts";

interface InboxSettings {
  readonly windowBytes: number;
  readonly initialCreditBytes: number;
  readonly unnumberedMaxBytes: number;
}

/** Events taken are cut off the arrays once they are this many and half of them. */
const COMPACT_MIN_EVENTS = 32;
/** Kinds of entries beside messages, whose entry is their cost. Unnumbered frames are below `OWN`, by their cost. */
const CLOSE = 0;
const OWN = -1;

export class Inbox {
  readonly #rules: SessionRules;
  readonly #settings: InboxSettings;
  #events: (SessionEvent | undefined)[] = [];
  /** Beside each event its cost, `CLOSE`, `OWN`, or `OWN - 1 - cost`. */
  #entries: number[] = [];
  #head = 0;
  #unnumberedBytes = 0;
  #received = 0;
  #taken = 0;
  #told = 0;
  #receivedPosition = 0;
  #takenPosition = 0;
  #toldPosition = 0;
  #grantedPosition: number;
  #closeNumber = 0;
  #isSettled = false;

  constructor(rules: SessionRules, settings: InboxSettings) {
    this.#rules = rules;
    this.#settings = settings;
    this.#grantedPosition = settings.initialCreditBytes;
  }

  /** The last number that came, with all before it. */
  get received(): number {
    return this.#received;
  }

  /** The owner took the peer's close, and so everything. */
  get isCloseTaken(): boolean {
    return this.#closeNumber > 0 && this.#taken === this.#closeNumber;
  }

  get isCloseReceived(): boolean {
    return this.#closeNumber > 0;
  }

  /** Something was taken and not yet told. */
  get owesAck(): boolean {
    return this.#taken > this.#told;
  }

  get owedBytes(): number {
    return this.#takenPosition - this.#toldPosition;
  }

  /** Held of the peer's messages, by cost, and of its unnumbered frames. */
  get heldBytes(): number {
    return this.#receivedPosition - this.#takenPosition + this.#unnumberedBytes;
  }

  /** May a message of so many payload bytes be the next one? */
  admit(payloadBytes: number): SessionFault | undefined {
    if (this.#closeNumber > 0) return SESSION_FAULTS.afterClose;
    const unackedBytes = this.#receivedPosition - this.#toldPosition;
    const creditBytes = this.#grantedPosition - this.#toldPosition;
    const isWithin = this.#rules.mayFollow(unackedBytes, this.#rules.cost(payloadBytes), creditBytes);
    return isWithin ? undefined : SESSION_FAULTS.credit;
  }

  pushMessage(event: SessionEvent, payloadBytes: number): void {
    const cost = this.#rules.cost(payloadBytes);
    this.#received += 1;
    this.#receivedPosition += cost;
    this.#push(event, cost);
  }

  pushClose(event: SessionEvent): void {
    this.#received += 1;
    this.#closeNumber = this.#received;
    this.#push(event, CLOSE);
  }

  pushUnnumbered(event: SessionEvent, frameBytes: number): SessionFault | undefined {
    const cost = this.#rules.cost(frameBytes);
    if (this.#unnumberedBytes + cost > this.#settings.unnumberedMaxBytes) return SESSION_FAULTS.flood;
    this.#unnumberedBytes += cost;
    this.#push(event, OWN - 1 - cost);
    return undefined;
  }

  /** An event of the machine itself, which the peer cannot multiply. */
  pushOwn(event: SessionEvent): void {
    this.#push(event, OWN);
  }

  #push(event: SessionEvent, entry: number): void {
    this.#events.push(event);
    this.#entries.push(entry);
  }

  next(): SessionEvent | undefined {
    const event = this.#events[this.#head];
    if (event === undefined) return undefined;
    const entry = this.#entries[this.#head] ?? OWN;
    this.#events[this.#head] = undefined;
    this.#head += 1;
    if (entry >= CLOSE && !this.#isSettled) {
      this.#taken += 1;
      this.#takenPosition += entry;
    } else if (entry < OWN) this.#unnumberedBytes -= OWN - 1 - entry;
    this.#compact();
    return event;
  }

  #compact(): void {
    if (this.#head === this.#events.length) {
      // Emptied in place: the usual case is one event at a time.
      this.#events.length = 0;
      this.#entries.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_MIN_EVENTS && this.#head * 2 >= this.#events.length) {
      this.#events.splice(0, this.#head);
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** The count for an ack, which grants a whole window beyond it. */
  tellAck(): number {
    this.#noteTold();
    const granted = this.#takenPosition + this.#settings.windowBytes;
    this.#grantedPosition = Math.max(this.#grantedPosition, granted);
    return this.#rules.ackCount(this.#taken, this.#received);
  }

  /** The count for a resume or resumed, which grants nothing. */
  tellResume(): number {
    this.#noteTold();
    return this.#rules.resumeCount(this.#taken);
  }

  #noteTold(): void {
    this.#told = this.#taken;
    this.#toldPosition = this.#takenPosition;
  }

  /** The session has ended, and what came is still delivered: it counts as taken. */
  settle(): void {
    this.#isSettled = true;
    this.#taken = this.#received;
    this.#takenPosition = this.#receivedPosition;
  }

  /** Our own side wants nothing more: what it did not take did not come. */
  discard(): void {
    this.#events = [];
    this.#entries = [];
    this.#head = 0;
    this.#unnumberedBytes = 0;
    this.#received = this.#taken;
    this.#receivedPosition = this.#takenPosition;
    if (this.#closeNumber > this.#taken) this.#closeNumber = 0;
  }
}
