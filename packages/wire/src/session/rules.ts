// The decisions of the protocol about numbers and credit, each one line that can be tested at its edge. The machine
// takes them as a table, so that a test can break one and see that it is noticed; there is one table in production.

/** What a message costs beside its payload, so that empty ones are not free: about what holding one takes. */
export const MESSAGE_OVERHEAD_BYTES = 64;

export interface SessionRules {
  cost(payloadBytes: number): number;
  /**
   * May a message of this cost follow `unackedBytes`, of the `creditBytes` that were granted beyond the last
   * acknowledged number? The receiver judges by the same rule.
   */
  mayFollow(unackedBytes: number, cost: number, creditBytes: number): boolean;
  /** The number of the next frame on a carrier whose run has come to `next`. */
  numberOf(next: number, received: number, isSending: boolean): number;
  isDuplicate(number: number, received: number): boolean;
  /** What an ack, a resume and a resumed count. */
  ackCount(taken: number, received: number): number;
  resumeCount(taken: number): number;
  /** Where a sender begins on a new carrier. */
  firstToSend(acked: number): number;
  /** Does a resume make its carrier the sending one? */
  isLatest(attempt: number, latest: number, isDetached: boolean): boolean;
}

export const SESSION_RULES: SessionRules = Object.freeze({
  cost: (payloadBytes: number) => payloadBytes + MESSAGE_OVERHEAD_BYTES,
  // One message may exceed the credit when it is alone: a window need not be as large as the largest message.
  mayFollow: (unackedBytes: number, cost: number, creditBytes: number) =>
    unackedBytes === 0 || unackedBytes + cost <= creditBytes,
  numberOf: (next: number) => next,
  isDuplicate: (number: number, received: number) => number <= received,
  ackCount: (taken: number) => taken,
  resumeCount: (taken: number) => taken,
  firstToSend: (acked: number) => acked + 1,
  // The same attempt twice is a carrier that was repeated on the way: it serves only when the first one is gone.
  isLatest: (attempt: number, latest: number, isDetached: boolean) =>
    attempt > latest || (attempt === latest && isDetached),
});
