// One direction of a session at its sending end: numbers frames, keeps them until they are acknowledged, and never
// lets more be unacknowledged than was granted. Costs are counted as a position in the stream, so that a grant is a
// position too, and the order in which grants arrive does not matter.
//
//   acked <= sent <= accepted        frames acked+1 .. accepted are held
import { UsageError } from "../bytes/usage-error.ts";
import type { LostNumbers } from "./event.ts";
import type { SessionRules } from "./rules.ts";

/** Frames let go are cut off the array once they are this many and half of it: constant cost per frame. */
const COMPACT_MIN_FRAMES = 32;
const EMPTY = new Uint8Array(0);

export class Outbox {
  readonly #rules: SessionRules;
  #frames: Uint8Array[] = [];
  #head = 0;
  #heldBytes = 0;
  readonly #replayMaxBytes: number;
  #acked = 0;
  #sent = 0;
  #accepted = 0;
  #ackedPosition = 0;
  #sentPosition = 0;
  #acceptedPosition = 0;
  #grantedPosition: number;
  #closeNumber = 0;

  constructor(rules: SessionRules, initialCreditBytes: number, replayMaxBytes: number) {
    this.#rules = rules;
    this.#replayMaxBytes = replayMaxBytes;
    this.#grantedPosition = Math.min(initialCreditBytes, replayMaxBytes);
  }

  /** The last number that the peer has acknowledged. */
  get acked(): number {
    return this.#acked;
  }

  /** The number of the close, which is the last; 0 before. */
  get closeNumber(): number {
    return this.#closeNumber;
  }

  /** The number that the next frame will have. */
  get nextNumber(): number {
    return this.#accepted + 1;
  }

  /** Frames held, in bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Sent and not acknowledged, by cost. */
  get unackedBytes(): number {
    return this.#sentPosition - this.#ackedPosition;
  }

  /** Another message may be accepted: what was accepted leaves some credit, or is all acknowledged. */
  get hasRoom(): boolean {
    if (this.#closeNumber > 0) return false;
    return this.#acceptedPosition < this.#grantedPosition || this.#accepted === this.#acked;
  }

  /** The next message waits for credit. */
  get isBlocked(): boolean {
    return this.#sent < this.#accepted && !this.#maySend(this.#sent + 1);
  }

  /** A message's frame. It may go beyond the credit, and then waits: there is no room after it. */
  accept(frame: Uint8Array): void {
    if (!this.hasRoom) throw new UsageError("A message was sent while there was no room.");
    this.#push(frame);
    this.#acceptedPosition += this.#rules.cost(frame.length - 1);
  }

  /** The last frame. It costs nothing: a peer that takes no messages can still be told that there are no more. */
  close(frame: Uint8Array): void {
    this.#push(frame);
    this.#closeNumber = this.#accepted;
  }

  #push(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#heldBytes += frame.length;
    this.#accepted += 1;
  }

  /** The frame of a number above `acked`, to be sent now; `undefined` when there is none or credit is missing. */
  take(number: number): Uint8Array | undefined {
    if (number > this.#sent) {
      if (number > this.#accepted || !this.#maySend(number)) return undefined;
      this.#sent = number;
      this.#sentPosition += this.#costOf(number);
    }
    return this.#frames[this.#head + number - this.#acked - 1];
  }

  #maySend(number: number): boolean {
    if (number === this.#closeNumber) return true;
    const creditBytes = this.#grantedPosition - this.#ackedPosition;
    return this.#rules.mayFollow(this.unackedBytes, this.#costOf(number), creditBytes);
  }

  #costOf(number: number): number {
    if (number === this.#closeNumber) return 0;
    const frame = this.#frames[this.#head + number - this.#acked - 1] ?? EMPTY;
    return this.#rules.cost(frame.length - 1);
  }

  /** The peer has all up to this number. `false` when that was never sent. */
  acknowledge(count: number): boolean {
    if (count > this.#sent) return false;
    while (this.#acked < count) {
      this.#ackedPosition += this.#costOf(this.#acked + 1);
      this.#heldBytes -= (this.#frames[this.#head] ?? EMPTY).length;
      this.#frames[this.#head] = EMPTY;
      this.#head += 1;
      this.#acked += 1;
    }
    this.#compact();
    return true;
  }

  /**
   * Credit beyond this number, which was just acknowledged. One that is overtaken by a later number says nothing. How
   * much is held for a peer that grants without measure is ours to say.
   */
  grant(count: number, creditBytes: number): void {
    if (count < this.#acked) return;
    this.#grantedPosition = Math.max(
      this.#grantedPosition,
      this.#ackedPosition + Math.min(creditBytes, this.#replayMaxBytes),
    );
  }

  /** Lets go of everything; the messages that were not acknowledged. */
  discard(): LostNumbers | undefined {
    const last = this.#closeNumber > 0 ? this.#closeNumber - 1 : this.#accepted;
    this.#frames = [];
    this.#head = 0;
    this.#heldBytes = 0;
    return last > this.#acked ? { from: this.#acked + 1, to: last } : undefined;
  }

  #compact(): void {
    if (this.#head === this.#frames.length) {
      if (this.#head > 0) this.#frames = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_MIN_FRAMES && this.#head * 2 >= this.#frames.length) {
      this.#frames.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
