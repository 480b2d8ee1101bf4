// The log as the gateway's parts see it: an event, its fields, a level. How a line looks is the sink's business.

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Values are encoded by the sink; client strings may be passed as they are. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Lines that were logged and are not to be read anywhere. */
export interface LogLosses {
  /** The output had no room for them. */
  readonly dropped: number;
  /** There were too many of their kind; their number was logged. */
  readonly suppressed: number;
}

export interface Log {
  /** `event` is a fixed phrase, never built from input, so that logs can be searched and counted. */
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** `cause` is written with its stack and its chain of causes. */
  error(event: string, fields?: LogFields, cause?: unknown): void;
  /** The same log with fields that stand on every line. */
  with(fields: LogFields): Log;
  /** Since the start, for the metrics. Absent where nothing is lost. */
  readonly losses?: LogLosses;
}

export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLog,
};
