// The log that the gateway runs with: levels, formats, a limit on lines of one kind, and a count of what was lost.
// Knows nothing of what is behind its output, and never throws: a log must not fail what it tells about.
import type { LogSettings } from "../config/gateway.ts";
import { type Clock, systemClock } from "../host/clock.ts";
import { createStandardOutput, type LineOutput } from "../host/standard-output.ts";
import { reportError } from "./error-report.ts";
import { formatJsonLine } from "./json-line.ts";
import { createLineLimiter, type LineLimiter } from "./line-limiter.ts";
import type { Log, LogFields, LogLevel, LogLosses } from "./log.ts";
import { formatPrettyLine } from "./pretty-line.ts";
import type { LineFormat } from "./record.ts";

/** The log with what its owner, and nobody else, does with it. */
export interface OwnedLog extends Log {
  readonly losses: LogLosses;
  /** Takes changed settings, for all logs made by `with`, too. */
  configure(settings: LogSettings): void;
  /** To be awaited before the process ends, or the last lines are lost. Takes no longer than the deadline. */
  flush(deadlineMs?: number): Promise<void>;
}

/** Settings of `LineLimiter`. Twenty show what is going on; the metrics have the numbers. */
const LINES_PER_WINDOW_MAX = 20;
const WINDOW_MS = 1000;
/** Events are a hundred and codes forty; close codes that clients make up are why there is a limit. */
const KINDS_MAX = 512;

/** How long the end of the process waits for somebody to read the last lines. */
const FLUSH_DEADLINE_MS = 1000;

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export function createLog(
  settings: LogSettings,
  output: LineOutput = createStandardOutput(),
  clock: Clock = systemClock,
): OwnedLog {
  return new SinkLog(new Sink(settings, output, clock), {});
}

class SinkLog implements OwnedLog {
  readonly #sink: Sink;
  readonly #bound: LogFields;

  constructor(sink: Sink, bound: LogFields) {
    this.#sink = sink;
    this.#bound = bound;
  }

  get losses(): LogLosses {
    return this.#sink;
  }

  debug(event: string, fields?: LogFields): void {
    this.#log("debug", event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.#log("info", event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#log("warn", event, fields);
  }

  error(event: string, fields?: LogFields, cause?: unknown): void {
    this.#log("error", event, fields, cause);
  }

  with(fields: LogFields): Log {
    return new SinkLog(this.#sink, { ...this.#bound, ...fields });
  }

  configure(settings: LogSettings): void {
    this.#sink.configure(settings);
  }

  flush(deadlineMs = FLUSH_DEADLINE_MS): Promise<void> {
    return this.#sink.flush(deadlineMs);
  }

  #log(level: LogLevel, event: string, fields: LogFields | undefined, cause?: unknown): void {
    if (!this.#sink.takes(level)) return;
    this.#sink.log(level, event, fields === undefined ? this.#bound : { ...this.#bound, ...fields }, cause);
  }
}

class Sink implements LogLosses {
  dropped = 0;
  readonly #output: LineOutput;
  readonly #clock: Clock;
  readonly #limiter: LineLimiter = createLineLimiter({
    linesMax: LINES_PER_WINDOW_MAX,
    windowMs: WINDOW_MS,
    kindsMax: KINDS_MAX,
  });
  #leastRank = 0;
  #format: LineFormat = formatJsonLine;
  /** Lines dropped of which the log has not told yet. */
  #untold = 0;
  /** Runs while something is to be told. */
  #telling: { cancel(): void } | undefined;

  constructor(settings: LogSettings, output: LineOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.configure(settings);
  }

  get suppressed(): number {
    return this.#limiter.suppressedTotal;
  }

  configure({ level, format }: LogSettings): void {
    const { isTerminal } = this.#output;
    const isPretty = format === "pretty" || (format === "auto" && isTerminal);
    this.#leastRank = RANKS[level];
    this.#format = isPretty ? (record) => formatPrettyLine(record, isTerminal) : formatJsonLine;
  }

  takes(level: LogLevel): boolean {
    return RANKS[level] >= this.#leastRank;
  }

  log(level: LogLevel, event: string, fields: LogFields, cause: unknown): void {
    const code = fields.code;
    if (RANKS[level] >= RANKS.warn || (level === "info" && code !== undefined)) {
      const kind = { level, event, code: code === undefined ? "" : String(code) };
      if (!this.#limiter.admit(kind, this.#clock.monotonicMs())) {
        this.#tellLater();
        return;
      }
    }
    this.#tellDropped();
    this.#write(level, event, fields, cause);
  }

  async flush(deadlineMs: number): Promise<void> {
    this.#tell();
    await this.#output.flush?.(deadlineMs);
    this.#telling?.cancel();
    this.#telling = undefined;
  }

  #write(level: LogLevel, event: string, fields: LogFields, cause: unknown): void {
    const error = cause === undefined ? undefined : reportError(cause);
    const line = this.#format({ timeMs: this.#clock.wallMs(), level, event, fields, error });
    if (this.#output.write(line)) return;
    this.dropped++;
    this.#untold++;
    this.#tellLater();
  }

  #tellLater(): void {
    this.#telling ??= this.#clock.every(WINDOW_MS, () => this.#tell());
  }

  #tell(): void {
    this.#telling?.cancel();
    this.#telling = undefined;
    this.#tellDropped();
    for (const { level, event, code, lines } of this.#limiter.takeSuppressed(this.#clock.monotonicMs())) {
      this.#write(
        level,
        "lines suppressed",
        { of: event, code: code === "" ? undefined : code, lines },
        undefined,
      );
    }
  }

  /** Tried before every line, so that the gap is shown where it is. */
  #tellDropped(): void {
    const lines = this.#untold;
    if (lines === 0) return;
    this.#untold = 0;
    const fields = { lines };
    const line = this.#format({
      timeMs: this.#clock.wallMs(),
      level: "warn",
      event: "log lines dropped",
      fields,
      error: undefined,
    });
    if (this.#output.write(line)) return;
    this.#untold = lines;
    this.#tellLater();
  }
}
