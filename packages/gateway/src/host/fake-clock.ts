// A clock that tests turn by hand. Time stands still until `advance`; timers run in the order of their deadlines.
import type { Clock, Timer } from "./clock.ts";

interface Pending {
  readonly order: number;
  dueMs: number;
  readonly periodMs: number | undefined;
  readonly task: () => void;
}

export class FakeClock implements Clock {
  nowMs = 0;
  /** What `random` answers. */
  randomValue = 0.5;
  readonly #pending = new Set<Pending>();
  #order = 0;

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.nowMs;
  }

  random(): number {
    return this.randomValue;
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#add(delayMs, undefined, task);
  }

  every(periodMs: number, task: () => void): Timer {
    return this.#add(periodMs, periodMs, task);
  }

  keepAlive(): Timer {
    return { cancel() {} };
  }

  /** Timers that have not run and were not cancelled: for tests that nothing is left behind. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Milliseconds from now to the next timer. */
  get nextDelayMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.dueMs - this.nowMs;
  }

  advance(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (let next = this.#next(); next !== undefined && next.dueMs <= endMs; next = this.#next()) {
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      if (next.periodMs === undefined) this.#pending.delete(next);
      else next.dueMs += next.periodMs;
      next.task();
    }
    this.nowMs = endMs;
  }

  #add(delayMs: number, periodMs: number | undefined, task: () => void): Timer {
    const pending: Pending = { order: this.#order++, dueMs: this.nowMs + delayMs, periodMs, task };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  #next(): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.#pending) {
      const isEarlier =
        next === undefined ||
        pending.dueMs < next.dueMs ||
        (pending.dueMs === next.dueMs && pending.order < next.order);
      if (isEarlier) next = pending;
    }
    return next;
  }
}
