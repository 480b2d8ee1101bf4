// What a relay asks about each connection: what may pass, and where to. The answers are its owner's policy.
import type { Failure } from "../failure.ts";
import type { TcpTarget } from "./tcp.ts";

/** What becomes of bytes that the client sent. */
export type Passed =
  /** More is needed before anything passes; the policy keeps what it was given. */
  | { readonly kind: "hold" }
  /** These bytes go on, in this order. The first time decides where to; a later target is ignored. */
  | { readonly kind: "pass"; readonly target: TcpTarget; readonly bytes: readonly Uint8Array[] }
  /** The client gets this answer and the end. */
  | { readonly kind: "refuse"; readonly answer: Uint8Array };

/** The policy for one connection. Chunks are valid only during the call. Must not throw. */
export interface Passage {
  /** Bytes from the client. */
  receive(chunk: Uint8Array): Passed;
  /** Bytes from the target, which all pass; what they release of the client's held bytes is answered. */
  answer(chunk: Uint8Array): Passed;
  /** The end, exactly once; with the reason where the target failed. */
  closed(failure: Failure | undefined): void;
}
