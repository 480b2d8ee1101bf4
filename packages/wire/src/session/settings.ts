// What a session is allowed and how it paces itself. All required: defaults are the owner's, who knows its memory.

import { isToken } from "../bytes/http-token.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { assertBytes, assertFrameLimits, type FrameLimits, SUBPROTOCOL_MAX_BYTES } from "./limits.ts";
import { MESSAGE_OVERHEAD_BYTES } from "./rules.ts";

/** The credit that both ends have before the first grant, in `sluice.1`. */
export const INITIAL_CREDIT_BYTES = 65_536;

export interface SessionSettings extends FrameLimits {
  /**
   * Bytes, by cost, that the peer may have unacknowledged; at least `initialCreditBytes`. Bounds what is held of it
   * while our owner takes nothing. 262144 is usual; too small starves a path with a long round trip.
   */
  readonly windowBytes: number;
  /**
   * Bytes, by cost, that this end has unacknowledged at most, however much the peer grants; a message larger than that
   * goes alone. 262144 is usual. Bounds what a peer can make us hold by granting and never acknowledging.
   */
  readonly replayMaxBytes: number;
  /** `INITIAL_CREDIT_BYTES` in `sluice.1`. Both ends must have the same. */
  readonly initialCreditBytes: number;
  /** An ack goes out once so much, by cost, was taken and not told; at most half the window. 32768 is usual. */
  readonly ackBytes: number;
  /** An ack goes out at the latest so long after something was taken. 250 is usual. */
  readonly ackDelayMs: number;
  /** From so much on, an ack goes along with messages that go out anyway. 4096 is usual; 0: always. */
  readonly ackRideBytes: number;
  /** How long the session is kept without a carrier. An initiator has the acceptor's once it was opened. */
  readonly detachWindowMs: number;
  /** Unnumbered frames held for an owner that takes nothing, and for a carrier that has no room, in bytes each. */
  readonly unnumberedMaxBytes: number;
}

export type SessionRole =
  | { readonly type: "initiator" }
  /** `subprotocol`: the chosen inner one, empty for none. */
  | { readonly type: "acceptor"; readonly subprotocol: string };

export function assertSettings(role: SessionRole, settings: SessionSettings): void {
  assertFrameLimits(settings);
  for (const name of [
    "windowBytes",
    "replayMaxBytes",
    "initialCreditBytes",
    "ackBytes",
    "ackRideBytes",
    "unnumberedMaxBytes",
  ] as const) {
    assertBytes(name, settings[name]);
  }
  for (const name of ["ackDelayMs", "detachWindowMs"] as const) {
    if (!Number.isSafeInteger(settings[name]) || settings[name] < 0) {
      throw new UsageError(`${name} must be a whole number of milliseconds.`);
    }
  }
  if (
    settings.initialCreditBytes < MESSAGE_OVERHEAD_BYTES ||
    settings.windowBytes < settings.initialCreditBytes
  ) {
    throw new UsageError(
      "The window must be at least the initial credit, and that at least one empty message.",
    );
  }
  if (settings.ackBytes * 2 > settings.windowBytes) {
    throw new UsageError("ackBytes must be at most half the window, or a full window waits for ackDelayMs.");
  }
  if (role.type === "acceptor" && role.subprotocol !== "") {
    if (!isToken(role.subprotocol) || role.subprotocol.length > SUBPROTOCOL_MAX_BYTES) {
      throw new UsageError("A subprotocol is a token (RFC 9110 §5.6.2) of at most 255 characters.");
    }
  }
}
