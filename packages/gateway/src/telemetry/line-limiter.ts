// How many lines of one kind may be written: so many a second, then only their number. Pure: time is an argument,
// and when to ask for summaries is the caller's business.
import type { LogLevel } from "./log.ts";

export interface LineLimits {
  /** Lines of one event and code that are written within a window. */
  readonly linesMax: number;
  readonly windowMs: number;
  /** Kinds of lines told apart at one time. All others count as one kind together. */
  readonly kindsMax: number;
}

export interface LineKind {
  readonly level: LogLevel;
  readonly event: string;
  /** Empty when the line has none. */
  readonly code: string;
}

/** Lines of one kind that were not written. */
export interface Suppression extends LineKind {
  readonly lines: number;
}

export interface LineLimiter {
  /** Whether this line may be written; otherwise it is counted. */
  admit(kind: LineKind, nowMs: number): boolean;
  /** What was suppressed since the last call, told once. To be called once a window while there is any. */
  takeSuppressed(nowMs: number): Suppression[];
  /** Lines suppressed since the start. */
  readonly suppressedTotal: number;
}

export function createLineLimiter(limits: LineLimits): LineLimiter {
  return new KindLimiter(limits);
}

interface Window {
  readonly kind: LineKind;
  startMs: number;
  admitted: number;
  suppressed: number;
}

class KindLimiter implements LineLimiter {
  suppressedTotal = 0;
  readonly #limits: LineLimits;
  readonly #windows = new Map<string, Window>();

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  admit(kind: LineKind, nowMs: number): boolean {
    const window = this.#windowOf(kind, nowMs);
    if (this.#isOver(window, nowMs)) {
      window.startMs = nowMs;
      window.admitted = 0;
    }
    if (window.admitted < this.#limits.linesMax) {
      window.admitted++;
      return true;
    }
    window.suppressed++;
    this.suppressedTotal++;
    return false;
  }

  takeSuppressed(nowMs: number): Suppression[] {
    const taken: Suppression[] = [];
    for (const [key, window] of this.#windows) {
      if (window.suppressed > 0) taken.push({ ...window.kind, lines: window.suppressed });
      window.suppressed = 0;
      if (this.#isOver(window, nowMs)) this.#windows.delete(key);
    }
    return taken;
  }

  #isOver(window: Window, nowMs: number): boolean {
    return nowMs - window.startMs >= this.#limits.windowMs;
  }

  #windowOf(kind: LineKind, nowMs: number): Window {
    const key = `${kind.event}\n${kind.code}`;
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    if (this.#windows.size >= this.#limits.kindsMax) this.#dropSilent(nowMs);
    const isFull = this.#windows.size >= this.#limits.kindsMax;
    return isFull ? this.#open(OTHER_KEY, OTHER_KIND, nowMs) : this.#open(key, kind, nowMs);
  }

  #open(key: string, kind: LineKind, nowMs: number): Window {
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const window: Window = { kind, startMs: nowMs, admitted: 0, suppressed: 0 };
    this.#windows.set(key, window);
    return window;
  }

  #dropSilent(nowMs: number): void {
    for (const [key, window] of this.#windows) {
      if (window.suppressed === 0 && this.#isOver(window, nowMs)) this.#windows.delete(key);
    }
  }
}

const OTHER_KEY = "other";
const OTHER_KIND: LineKind = { level: "warn", event: "other events", code: "" };
