// How many WebSocket handshakes the meter passes on. To the gateway they all come from the local address, whose own
// allowance (100 a second by default) they must not use up for other local clients.
import type { Clock } from "../../host/clock.ts";

const PER_SECOND = 20;
const BURST = 40;

/** `true` takes one. */
export type UpgradeBudget = () => boolean;

export function createUpgradeBudget(clock: Clock): UpgradeBudget {
  let tokens = BURST;
  let filledMs = clock.monotonicMs();
  return () => {
    const nowMs = clock.monotonicMs();
    tokens = Math.min(BURST, tokens + ((nowMs - filledMs) / 1000) * PER_SECOND);
    filledMs = nowMs;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
