// Values with units: sizes, times, rates. Written by people as `128 KiB`, `30s`, `2 MB/s`; bytes and
// milliseconds inside. A bare number is refused where a unit is needed, since nobody can guess it.
import { z } from "zod";
import { marked } from "./marks.ts";
import { DURATION_KIND, explainQuantity, type QuantityKind, RATE_KIND, SIZE_KIND } from "./units.ts";

export { backendUrl } from "./backend-url.ts";
export { filePath, secret } from "./marks.ts";

export interface Range {
  /** Least value, in bytes, milliseconds or bytes per second. Default 0. */
  readonly min?: number;
  /** Greatest value. When given, `unlimited` is refused. */
  readonly max?: number;
}

function outOfRange(value: number, kind: QuantityKind, range: Range): string | undefined {
  if (range.max !== undefined && value > range.max) return `is more than ${kind.format(range.max)}`;
  if (range.min !== undefined && value < range.min) return `is less than ${kind.format(range.min)}`;
  return undefined;
}

function scalar(kind: QuantityKind, range: Range) {
  const text = z.string({
    error: ({ input }) =>
      typeof input === "number"
        ? `has no unit; write for example ${kind.examples}`
        : `must be a ${kind.noun}, such as ${kind.examples}`,
  });
  const schema = text.transform((text, context): number => {
    const value = kind.parse(text);
    const problem = value === undefined ? explainQuantity(text, kind) : outOfRange(value, kind, range);
    if (value !== undefined && problem === undefined) return value;
    context.addIssue({ code: "custom", message: problem ?? "" });
    return z.NEVER;
  });
  return marked(schema, { kind: kind.mark, ...range });
}

/** A size, in whole bytes. */
export const bytes = (range: Range = {}) => scalar(SIZE_KIND, range);
/** A time, in whole milliseconds; `unlimited` gives `Infinity` unless `range.max` is set. */
export const durationMs = (range: Range = {}) => scalar(DURATION_KIND, range);
/** A rate, in bytes per second; `unlimited` gives `Infinity` unless `range.max` is set. */
export const rate = (range: Range = {}) => scalar(RATE_KIND, range);
