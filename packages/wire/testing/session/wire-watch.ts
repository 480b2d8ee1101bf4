// Watches one direction of a simulated session on the wire and holds it to the protocol, with arithmetic of its own:
// runs without gaps, no more unacknowledged than granted, nothing acknowledged that was not taken.
import { decodeFrame } from "../../src/session/decode-frame.ts";
import { FRAME_TYPE } from "../../src/session/frame.ts";
import type { FrameLimits } from "../../src/session/limits.ts";

/** Stated again, on purpose: the machine's constant is what is watched. */
const OVERHEAD_BYTES = 64;

export class WireWatch {
  readonly #limits: FrameLimits;
  /** Where message n ends in the stream, by cost; the close costs nothing. */
  readonly #ends: number[] = [0];
  readonly #next = new Map<number, number>();
  #acked = 0;
  #told = 0;
  #attempt = 0;
  #granted: number;
  /** The sender has never had more unacknowledged than this, but for a message alone. */
  sent = 0;

  constructor(limits: FrameLimits, initialCreditBytes: number) {
    this.#limits = limits;
    this.#granted = initialCreditBytes;
  }

  /** The sender put a frame on a carrier. */
  put(carrierId: number, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes, this.#limits);
    if (frame.type === "fault") throw new Error(`A frame is not well-formed: ${frame.reason}`);
    if (frame.type === "opened") this.#next.set(carrierId, 1);
    if (frame.type === "resume" || frame.type === "resumed" || frame.type === "skip") {
      if (frame.first > this.sent + 1) throw new Error("A run begins behind a gap.");
      this.#next.set(carrierId, frame.first);
    }
    const isMessage = bytes[0] === FRAME_TYPE.text || bytes[0] === FRAME_TYPE.binary;
    if (!isMessage && (frame.type !== "close" || frame.isAbort)) return;
    const number = this.#next.get(carrierId) ?? 1;
    this.#next.set(carrierId, number + 1);
    if (number > this.sent + 1) throw new Error(`Number ${this.sent + 1} was left out.`);
    if (number === this.sent + 1) this.#first(number, isMessage ? bytes.length - 1 + OVERHEAD_BYTES : 0);
  }

  #first(number: number, cost: number): void {
    const end = (this.#ends[number - 1] ?? 0) + cost;
    this.#ends[number] = end;
    this.sent = number;
    if (cost > 0 && end > this.#granted && number !== this.#acked + 1) {
      throw new Error(`Message ${number} goes ${end - this.#granted} bytes beyond the credit.`);
    }
  }

  /** The receiver put a frame on a carrier, having handed over `taken`. */
  tell(bytes: Uint8Array, taken: number): void {
    const frame = decodeFrame(bytes, this.#limits);
    const count = this.#countOf(bytes);
    if (count > taken) throw new Error(`${count} were acknowledged when ${taken} were taken.`);
    // An initiator tells on one carrier at a time: what its latest resume tells never goes back.
    const isLatest = frame.type === "resume" && frame.attempt > this.#attempt;
    if (isLatest) this.#attempt = frame.attempt;
    if (isLatest && count < this.#told && Number.isFinite(taken))
      throw new Error("A resume counts less than was acknowledged.");
    this.#told = Math.max(this.#told, count);
  }

  /** A frame of the receiver came to the sender. */
  told(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes, this.#limits);
    this.#acked = Math.max(this.#acked, this.#countOf(bytes));
    if (frame.type === "opened") this.#granted = Math.max(this.#granted, frame.creditBytes);
    if (frame.type !== "ack" || frame.count < this.#acked) return;
    this.#granted = Math.max(this.#granted, (this.#ends[frame.count] ?? 0) + frame.creditBytes);
  }

  #countOf(bytes: Uint8Array): number {
    const frame = decodeFrame(bytes, this.#limits);
    return frame.type === "ack" || frame.type === "resume" || frame.type === "resumed" ? frame.count : 0;
  }
}
