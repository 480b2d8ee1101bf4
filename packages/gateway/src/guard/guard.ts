// The admission pipeline: one list of small judges, the same for every carrier, in one fixed order.
// A guard sees the normalised handshake and nothing else; it never answers the client itself.
import type { FailureCode } from "../failure.ts";
import type { Handshake } from "../session/handshake.ts";

/** The order in which guards run. The cheapest and the least telling come first. */
export const GUARD_STAGES = [
  "host",
  "address",
  "rate",
  "origin",
  "authentication",
  "authorization",
  "limits",
] as const;
export type GuardStage = (typeof GUARD_STAGES)[number];

export interface Refusal {
  readonly code: FailureCode;
  /** For the log only, such as `origin https://evil.example`. */
  readonly detail: string;
  /** Seconds for `Retry-After`; absent for none. */
  readonly retryAfterS?: number;
}

/** `undefined` admits. */
export type Verdict = Refusal | undefined;

export interface Guard {
  readonly stage: GuardStage;
  judge(handshake: Handshake, nowMs: number): Verdict | Promise<Verdict>;
}
