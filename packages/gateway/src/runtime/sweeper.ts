// Looks after silence: calls every session's `sweep` often compared with the shortest idle timeout of its service.
import type { Clock, Timer } from "../host/clock.ts";
import type { ServiceGroup } from "../session/service-group.ts";

const PERIOD_MIN_MS = 50;
const PERIOD_MAX_MS = 5000;
/** So that a client is closed at most a quarter of the timeout late. */
const LOOKS_PER_TIMEOUT = 8;

export function sweepPeriodMs(idleTimeoutMs: number): number {
  return Math.min(PERIOD_MAX_MS, Math.max(PERIOD_MIN_MS, idleTimeoutMs / LOOKS_PER_TIMEOUT));
}

/** Runs until cancelled. */
export function startSweeper(clock: Clock, group: ServiceGroup): Timer {
  return clock.every(sweepPeriodMs(group.common.idleTimeout), () => {
    const nowMs = clock.monotonicMs();
    for (const session of group.sessions) session.sweep(nowMs);
  });
}
