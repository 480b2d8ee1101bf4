// The one stream of messages that all techniques of a run deliver. Every message is the same text, as in "Hello,
// world"; what tells them apart is their number, counted from 1, which no technique needs to carry.
import type { Clock, Timer } from "../../host/clock.ts";

export interface FeedLimits {
  /** Messages a second, at most. */
  readonly rateMax: number;
  /** Payload of one message, at most. */
  readonly sizeMaxBytes: number;
  /** Payload of the messages kept for readers that are behind. The oldest go first. */
  readonly keptMaxBytes: number;
  /** How long one measurement may last. */
  readonly durationMaxMs: number;
}

export const FEED_LIMITS: FeedLimits = {
  rateMax: 50,
  sizeMaxBytes: 4096,
  keptMaxBytes: 1_048_576,
  durationMaxMs: 600_000,
};

/** What no measurement needs more of, however small its messages: a minute at the highest rate. */
const KEPT_MAX_MESSAGES = 3000;
/** Milliseconds before the first message, in which the page opens its connections. */
export const LEAD_MS = 500;
/** A page has four: one for each technique that waits, and its control connection. */
const LISTENERS_MAX = 16;
export const TEXT = "Hello, world";

/** `size` bytes of ASCII that begin with the talk's message. */
export function messageText(size: number): string {
  return TEXT.padEnd(size, ` ${TEXT}`).slice(0, size);
}

export type FeedEnd = "stopped" | "time";

export interface FeedListener {
  /** There is at least one more message than before. */
  made(): void;
  /** No more will be made. */
  ended(end: FeedEnd): void;
}

export interface Backlog {
  /** The number of the last message, for the next call. */
  readonly next: number;
  /** The number of the first of them. */
  readonly first: number;
  readonly count: number;
}

export interface Feed {
  readonly isRunning: boolean;
  readonly text: string;
  /** The number of the newest message; 0 before the first. */
  readonly last: number;
  /** Since the start, until now or until the end. */
  readonly elapsedMs: number;
  /** Begins anew with number 1. A feed that runs is ended first. */
  start(rate: number, size: number): void;
  stop(): void;
  /** What a reader who has everything up to `after` still needs. Messages no longer kept are left out. */
  backlog(after: number): Backlog;
  /** Monotonic milliseconds at which each message was made, since the last call. */
  takeTimes(): number[];
  /** Answers how to stop listening; `undefined` when there are too many listeners already. */
  listen(listener: FeedListener): (() => void) | undefined;
}

export function createFeed(clock: Clock, limits: FeedLimits = FEED_LIMITS): Feed {
  return new RunFeed(clock, limits);
}

class RunFeed implements Feed {
  readonly #clock: Clock;
  readonly #limits: FeedLimits;
  readonly #listeners = new Set<FeedListener>();
  #timers: Timer[] = [];
  #times: number[] = [];
  #startedMs = 0;
  #endedMs = 0;
  #keptMax = KEPT_MAX_MESSAGES;
  isRunning = false;
  text = TEXT;
  last = 0;

  constructor(clock: Clock, limits: FeedLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get elapsedMs(): number {
    return (this.isRunning ? this.#clock.monotonicMs() : this.#endedMs) - this.#startedMs;
  }

  start(rate: number, size: number): void {
    this.stop();
    const { rateMax, sizeMaxBytes, keptMaxBytes, durationMaxMs } = this.#limits;
    this.text = messageText(Math.min(size, sizeMaxBytes));
    this.#keptMax = Math.min(KEPT_MAX_MESSAGES, Math.floor(keptMaxBytes / this.text.length));
    this.last = 0;
    this.#times = [];
    this.isRunning = true;
    this.#startedMs = this.#clock.monotonicMs();
    const begin = () => {
      this.#timers.push(this.#clock.every(1000 / Math.min(rate, rateMax), () => this.#make()));
    };
    this.#timers.push(this.#clock.after(LEAD_MS, begin));
    this.#timers.push(this.#clock.after(durationMaxMs, () => this.#end("time")));
  }

  stop(): void {
    this.#end("stopped");
  }

  backlog(after: number): Backlog {
    const first = Math.max(after, this.last - this.#keptMax, 0) + 1;
    return { next: this.last, first, count: Math.max(0, this.last - first + 1) };
  }

  takeTimes(): number[] {
    return this.#times.splice(0);
  }

  listen(listener: FeedListener): (() => void) | undefined {
    if (this.#listeners.size >= LISTENERS_MAX) return undefined;
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #make(): void {
    this.last++;
    if (this.#times.length < KEPT_MAX_MESSAGES) this.#times.push(this.#clock.monotonicMs());
    for (const listener of [...this.#listeners]) listener.made();
  }

  #end(end: FeedEnd): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.#endedMs = this.#clock.monotonicMs();
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    for (const listener of [...this.#listeners]) listener.ended(end);
  }
}
