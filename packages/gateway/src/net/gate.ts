// What a listener asks of the rest of the gateway: one question for each newcomer. Implemented by the composition
// root, which knows guards and services; listeners know neither.
import type { Refusal } from "../guard/guard.ts";
import type { SessionOffer } from "../session/carrier.ts";
import type { Handshake } from "../session/handshake.ts";

export type Outcome =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "session"; readonly session: SessionOffer }
  | { readonly kind: "response"; respond(request: Request): Response | Promise<Response> };

export interface Gate {
  /** Judges and routes. Logs and counts what it refuses. Never throws. */
  admit(handshake: Handshake): Outcome | Promise<Outcome>;
  /** A newcomer that a listener refused by itself, because it could not even be read as a handshake. */
  refuse(refusal: Refusal, address: string, listener: string): void;
  /** A session's handshake was answered, this long after its request was read. */
  observeHandshake(seconds: number): void;
  /** A throw that no session can be blamed for; the client was answered 500. */
  reportBug(bug: unknown): void;
  nextConnectionId(): string;
}
