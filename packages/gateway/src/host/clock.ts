// Time and randomness: the door through which the gateway reads them, so that tests can hold the clock.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds that only go forward, from an arbitrary zero. For deadlines and durations. */
  monotonicMs(): number;
  /** Milliseconds since 1970. For logs and people; may jump. */
  wallMs(): number;
  /** Runs `task` once, not before `delayMs`. */
  after(delayMs: number, task: () => void): Timer;
  /** Runs `task` every `periodMs` until cancelled. Never keeps the process alive. */
  every(periodMs: number, task: () => void): Timer;
  /** Keeps the process alive until cancelled, even if nothing else does. */
  keepAlive(): Timer;
  /** Uniform in [0, 1). Not for secrets. */
  random(): number;
}

/** A timer that does nothing, as seldom as timers can: they hold 31 bits of milliseconds. */
const KEEP_ALIVE_PERIOD_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, task) {
    const handle = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, task) {
    const handle = setInterval(task, periodMs);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
  keepAlive() {
    const handle = setInterval(() => {}, KEEP_ALIVE_PERIOD_MS);
    return { cancel: () => clearInterval(handle) };
  },
  random: () => Math.random(),
};
