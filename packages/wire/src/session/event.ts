// What a session machine tells its owner, in order.
import type { Message, PayloadFrame, TopicFrame } from "./frame.ts";

/** Numbers that were lost, both ends included. `to` is `undefined` when how many there were cannot be known. */
export interface LostNumbers {
  readonly from: number;
  readonly to: number | undefined;
}

/** `closed` by both ends; `aborted` by either; `expired` without a carrier; `fault` of the peer. */
export type SessionOutcome = "closed" | "aborted" | "expired" | "fault";

export interface EndedEvent {
  readonly type: "ended";
  readonly outcome: SessionOutcome;
  readonly code: number;
  readonly reason: string;
  /** Own messages of which it is not known that the peer's owner took them. Exact once the peer has said its count. */
  readonly lostSent: LostNumbers | undefined;
  /** Messages of the peer that did not come. */
  readonly lostReceived: LostNumbers | undefined;
}

export type SessionEvent =
  | Message
  | TopicFrame
  | PayloadFrame
  /** Initiator: the session has begun. */
  | {
      readonly type: "opened";
      readonly carrierId: number;
      readonly ticket: Uint8Array;
      readonly subprotocol: string;
      readonly messageMaxBytes: number;
      readonly detachWindowMs: number;
    }
  /** Initiator: the carrier is proven; `ticket` is for the next resume, and the other carriers may go. */
  | { readonly type: "resumed"; readonly carrierId: number; readonly ticket: Uint8Array }
  /**
   * Acceptor: a resume came. `isLatest`: the session now sends on this carrier. `isNewTicket`: it showed the ticket
   * that was issued last, so the one before is no longer needed.
   */
  | {
      readonly type: "attached";
      readonly carrierId: number;
      readonly isLatest: boolean;
      readonly isNewTicket: boolean;
    }
  /** The sending carrier is gone; at `deadlineMs` the session ends. */
  | { readonly type: "detached"; readonly deadlineMs: number }
  /** There is room again after `hasRoom` was `false`. */
  | { readonly type: "drained" }
  | { readonly type: "pong"; readonly carrierId: number; readonly token: Uint8Array }
  /** The peer sends no more; all it sent was delivered. The answer to it is the machine's. */
  | { readonly type: "close"; readonly code: number; readonly reason: string }
  | EndedEvent;
