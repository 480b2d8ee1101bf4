// Which tickets of a session are still good: a rule for the owner of tickets, who signs and reads them. A new
// generation is issued at each resume; the one before stays good until the new one was used, since the answer that
// brought it may have been lost and racing carriers show the same one. Anything older is theft, unless the resume
// itself is an old one that was late on its way.

export interface TicketGenerations {
  /** The generation issued last; it was not used. The first ticket is generation 1. */
  readonly newest: number;
  /** The highest attempt of a resume that was accepted; 0 before. */
  readonly attempt: number;
}

export interface PresentedTicket {
  readonly generation: number;
  readonly attempt: number;
}

export type TicketVerdict =
  /** Resume, and issue a ticket of generation `next.newest`. */
  | { readonly type: "accepted"; readonly next: TicketGenerations }
  /** A resume that was overtaken: refuse this carrier, the session goes on. */
  | { readonly type: "late" }
  /** An old ticket in a new resume, or one that was never issued: end the session. */
  | { readonly type: "theft" };

export const FIRST_GENERATION: TicketGenerations = Object.freeze({ newest: 1, attempt: 0 });

export function judgeTicket(known: TicketGenerations, presented: PresentedTicket): TicketVerdict {
  const attempt = Math.max(known.attempt, presented.attempt);
  if (presented.generation === known.newest) {
    return { type: "accepted", next: { newest: known.newest + 1, attempt } };
  }
  // The newest was not used: it is issued again, so that a race does not wear generations out.
  if (presented.generation === known.newest - 1)
    return { type: "accepted", next: { newest: known.newest, attempt } };
  const isLate = presented.generation < known.newest && presented.attempt < known.attempt;
  return isLate ? { type: "late" } : { type: "theft" };
}
