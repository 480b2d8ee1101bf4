// Notices that a connection has fallen silent: asks at half of the limit, gives up at the limit. One timer a silence,
// not one a message.
import type { Clock, Timer } from "../host/clock.ts";

export interface SilenceWatchOptions {
  readonly clock: Clock;
  /** Milliseconds; `Infinity` for never. */
  readonly timeoutMs: number;
  /** Half of the limit has passed: time for a ping. */
  ask(): void;
  /** All of it has passed. */
  giveUp(): void;
}

export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #timer: Timer | undefined;
  #heardAtMs = 0;
  #hasAsked = false;
  #isDeaf = false;
  #isRunning = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.heard();
    this.#isRunning = Number.isFinite(this.#options.timeoutMs);
    if (this.#isRunning) this.#look();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Something came. */
  heard(): void {
    this.#heardAtMs = this.#options.clock.monotonicMs();
    this.#hasAsked = false;
  }

  /** While nobody reads nothing can be heard, and that is not the peer's fault. */
  set isDeaf(isDeaf: boolean) {
    if (this.#isDeaf && !isDeaf) this.heard();
    this.#isDeaf = isDeaf;
  }

  #look(): void {
    const { clock, timeoutMs, ask, giveUp } = this.#options;
    if (this.#isDeaf) this.heard();
    const silentMs = clock.monotonicMs() - this.#heardAtMs;
    if (silentMs >= timeoutMs) {
      this.#isRunning = false;
      giveUp();
      return;
    }
    const isHalf = silentMs >= timeoutMs / 2;
    if (isHalf && !this.#hasAsked) {
      this.#hasAsked = true;
      ask();
    }
    if (!this.#isRunning) return;
    const dueMs = (isHalf ? timeoutMs : timeoutMs / 2) - silentMs;
    this.#timer = clock.after(dueMs, () => this.#look());
  }
}
