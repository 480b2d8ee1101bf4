// One event as the formats get it: level, phrase, fields, and what was thrown. The formats turn it into one line.
import type { ErrorReport } from "./error-report.ts";
import type { LogFields, LogLevel } from "./log.ts";

export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
  readonly error: ErrorReport | undefined;
}

/** Ends in a line feed, and has no other. */
export type LineFormat = (record: LogRecord) => string;
