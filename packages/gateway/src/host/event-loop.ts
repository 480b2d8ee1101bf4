// How late the event loop is: the time by which a timer runs after it was due. Everything that the gateway does waits
// as long. (`monitorEventLoopDelay` of node:perf_hooks works in Bun 1.4.5, too, but cannot be tested with a clock that
// stands still, and leaves out the wait itself, which Node counts: the same name for another number.)
import type { Clock, Timer } from "./clock.ts";

/** Ten looks a second see what lasts, and cost an idle process nothing to speak of. */
const PERIOD_MS = 100;

/** Calls `onDelay` ten times a second until cancelled. A stop of the loop is told once, when it is over. */
export function watchEventLoop(clock: Clock, onDelay: (seconds: number) => void): Timer {
  let lastMs = clock.monotonicMs();
  return clock.every(PERIOD_MS, () => {
    const nowMs = clock.monotonicMs();
    onDelay(Math.max(0, nowMs - lastMs - PERIOD_MS) / 1000);
    lastMs = nowMs;
  });
}
