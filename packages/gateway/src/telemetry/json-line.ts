// The format for machines: one JSON object (RFC 8259) a line. `time`, `level` and `event` come first, then the fields
// in the order in which they were given, then `error`.
import type { ErrorReport } from "./error-report.ts";
import type { LogFields } from "./log.ts";
import type { LogRecord } from "./record.ts";
import { limitText, quoteText } from "./text.ts";

/** What the line says by itself. A field of such a name gets an underscore behind it. */
const OWN_KEYS: ReadonlySet<string> = new Set(["time", "level", "event", "error"]);

export function formatJsonLine({ timeMs, level, event, fields, error }: LogRecord): string {
  let line = `{"time":"${new Date(timeMs).toISOString()}","level":"${level}","event":${quoteText(event)}`;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    line += `,${quoteText(limitText(OWN_KEYS.has(key) ? `${key}_` : key))}:${formatValue(value)}`;
  }
  if (error !== undefined) line += `,"error":${formatError(error)}`;
  return `${line}}\n`;
}

function formatValue(value: NonNullable<LogFields[string]>): string {
  // JSON has no word for NaN and the infinities (RFC 8259 §6): they become strings.
  if (typeof value === "boolean" || Number.isFinite(value)) return String(value);
  return quoteText(limitText(String(value)));
}

function formatError({ name, message, code, detail, stack, causes }: ErrorReport): string {
  let text = `{"name":${quoteText(name)},"message":${quoteText(message)}`;
  if (code !== undefined) text += `,"code":${quoteText(code)}`;
  if (detail !== undefined) text += `,"detail":${quoteText(detail)}`;
  if (stack !== undefined) text += `,"stack":${quoteText(stack)}`;
  if (causes.length > 0) text += `,"causes":[${causes.map(formatError).join(",")}]`;
  return `${text}}`;
}
