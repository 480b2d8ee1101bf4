// What a session machine offers its owner (docs/protocol/session.md): a numbered two-way stream of messages that
// outlives its carriers, the same at both ends. Sans-IO: frames in and out per carrier, events out, time as an
// argument. Moves no bytes, judges no ticket, decides on no carrier: these are its owner's.
import type { SessionEvent } from "./event.ts";
import type { SessionFault } from "./fault.ts";
import type { Message, PayloadFrame, TopicFrame } from "./frame.ts";
import type { SessionState } from "./session-state.ts";

export interface AttachOptions {
  /** Acceptor, required: issued in `opened` (first carrier) or in `resumed`; there empty means that the old one stays. */
  readonly ticket?: Uint8Array;
  /** Initiator: sends nothing but pings until `switchTo`, so that a path can be proven while the session goes on. */
  readonly isProbe?: boolean;
}

/**
 * After any call the owner writes what `nextOutput` gives for each carrier that has room, takes what `nextEvent` gives
 * while it has room itself, and arms its timer to `deadlineMs`. Calls that the state forbids throw `UsageError`.
 */
export interface SessionMachine {
  readonly state: SessionState;
  /** The earliest time at which `tick` has work, or `undefined`. */
  readonly deadlineMs: number | undefined;
  /**
   * Bytes held: frames sent or accepted and not acknowledged, what the owner has not taken, frames that wait for
   * carriers. At most `replayMaxBytes` and a message, our window (or one larger message) and
   * `unnumberedMaxBytes`, and `unnumberedMaxBytes` for each carrier.
   */
  readonly heldBytes: number;
  /** `send` is allowed. After `false`, `drained` follows. */
  readonly hasRoom: boolean;
  /** The carrier on which this end sends, if any. */
  readonly sendingCarrierId: number | undefined;
  /** What the peer did wrong, once it did. */
  readonly fault: SessionFault | undefined;

  /**
   * A carrier is there. First carrier: an acceptor opens the session on it, an initiator sends at once. Later ones: an
   * acceptor expects `resume`, an initiator resumes at once or, as a probe, at `switchTo`.
   */
  attach(carrierId: number, options: AttachOptions, nowMs: number): void;
  /** Initiator: resumes on an attached carrier, which becomes the sending one. Again on the same one is allowed. */
  switchTo(carrierId: number, nowMs: number): void;
  /** A carrier is gone, whatever the reason. */
  detach(carrierId: number, nowMs: number): void;
  /** One whole frame. The machine keeps views of it. */
  receive(carrierId: number, frame: Uint8Array, nowMs: number): void;
  /** Answers `hasRoom` afterwards. The bytes are copied. A message above the largest allowed throws. */
  send(message: Message, nowMs: number): boolean;
  /** Like `send`, for a frame made by `encodeText` or `encodeBinary`, which may be shared by many sessions. */
  sendFrame(frame: Uint8Array, nowMs: number): boolean;
  /** An unnumbered frame on the sending carrier; may be lost with it. `false`: there is none, or no room. */
  signal(frame: PayloadFrame | TopicFrame): boolean;
  /** Asks for an echo on this carrier. The token is 1 to 125 bytes that the peer cannot guess. */
  ping(carrierId: number, token: Uint8Array): void;
  /** Ends after all that was sent was delivered, and all that the peer sends until it closes too. */
  close(code: number, reason: string, nowMs: number): void;
  /** Ends now. What is not acknowledged or not taken is lost, and told. */
  abort(code: number, reason: string, nowMs: number): void;
  /** Lets time pass. */
  tick(nowMs: number): void;
  nextEvent(): SessionEvent | undefined;
  /** The next frame to send on this carrier. Not asking is how a carrier without room pauses it. */
  nextOutput(carrierId: number): Uint8Array | undefined;
}
