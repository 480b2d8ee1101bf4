// The format for people: `HH:MM:SS.mmm LEVEL  event  key=value …` in local time, one line an event. A value that has
// anything but plain characters in it is written as a JSON string, so that where it ends can be seen.
import type { ErrorReport } from "./error-report.ts";
import type { LogFields, LogLevel } from "./log.ts";
import type { LogRecord } from "./record.ts";
import { limitText, quoteText } from "./text.ts";

/** Visible ASCII without the quotation mark, the equals sign and the backslash. */
const PLAIN = /^[!#-<>-[\]-~]+$/;

/** SGR parameters (ECMA-48 §8.3.117). */
const DIM = "2";
const LEVEL_COLOURS: Readonly<Record<LogLevel, string>> = { debug: "2", info: "32", warn: "33", error: "31" };

export function formatPrettyLine(record: LogRecord, hasColours: boolean): string {
  const paint = (sgr: string, text: string): string => (hasColours ? `\x1b[${sgr}m${text}\x1b[0m` : text);
  const level = paint(LEVEL_COLOURS[record.level], record.level.toUpperCase().padEnd(5));
  let line = `${paint(DIM, formatTime(record.timeMs))} ${level}  ${quoteText(record.event).slice(1, -1)}`;
  let separator = "  ";
  const add = (key: string, value: NonNullable<LogFields[string]>): void => {
    line += `${separator}${paint(DIM, `${plainOrQuoted(limitText(key))}=`)}${formatValue(value)}`;
    separator = " ";
  };
  for (const key of Object.keys(record.fields)) {
    const value = record.fields[key];
    if (value !== undefined) add(key, value);
  }
  if (record.error !== undefined) addError("error", record.error, add);
  return `${line}\n`;
}

function addError(key: string, error: ErrorReport, add: (key: string, value: string) => void): void {
  const code = error.code === undefined ? "" : ` ${error.code}`;
  add(key, `${error.name}${code}: ${error.message}`);
  if (error.stack !== undefined) add("at", error.stack.replaceAll("\n", " < "));
  for (const cause of error.causes) addError("cause", cause, add);
}

function formatValue(value: NonNullable<LogFields[string]>): string {
  return plainOrQuoted(limitText(String(value)));
}

function plainOrQuoted(text: string): string {
  return PLAIN.test(text) ? text : quoteText(text);
}

function formatTime(timeMs: number): string {
  const time = new Date(timeMs);
  const digits = (value: number, width = 2): string => String(value).padStart(width, "0");
  const seconds = `${digits(time.getSeconds())}.${digits(time.getMilliseconds(), 3)}`;
  return `${digits(time.getHours())}:${digits(time.getMinutes())}:${seconds}`;
}
