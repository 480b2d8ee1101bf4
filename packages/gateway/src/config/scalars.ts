// Values with units: sizes, times, rates. Written by people as `128 KiB`, `30s`, `2 MB/s`; bytes and
// milliseconds inside. A bare number is refused where a unit is needed, since nobody can guess it.
import { z } from "zod";

export type ByteCount = number;
export const UNLIMITED = Number.POSITIVE_INFINITY;

const SIZE = /^(\d+(?:\.\d+)?)\s*(B|kB|KB|KiB|MB|MiB|GB|GiB)$/;
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  KiB: 1024,
  MB: 1e6,
  MiB: 1024 ** 2,
  GB: 1e9,
  GiB: 1024 ** 3,
};
const TIME = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;
const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };
const RATE = /^(\d+(?:\.\d+)?)\s*(B|kB|KB|KiB|MB|MiB|GB|GiB)\/s$/;

function scaled(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = pattern.exec(text.trim()) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Number(digits) * (units[unit] ?? Number.NaN);
}

export function parseBytes(text: string): number | undefined {
  const value = scaled(text, SIZE, SIZE_UNITS);
  return value === undefined ? undefined : Math.round(value);
}

/** Milliseconds; `Infinity` for `unlimited`. */
export function parseDurationMs(text: string): number | undefined {
  if (text.trim() === "unlimited") return UNLIMITED;
  return scaled(text, TIME, TIME_UNITS);
}

/** Bytes per second; `Infinity` for `unlimited`. */
export function parseRate(text: string): number | undefined {
  if (text.trim() === "unlimited") return UNLIMITED;
  return scaled(text, RATE, SIZE_UNITS);
}

function scalar(parse: (text: string) => number | undefined, kind: string, examples: string) {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `is not a ${kind}; write for example ${examples}` });
    return z.NEVER;
  });
}

export const bytes = () => scalar(parseBytes, "size", "`64 KiB`, `1 MB` or `512 B`");
export const durationMs = () => scalar(parseDurationMs, "time", "`30s`, `500ms`, `5m` or `unlimited`");
export const rate = () => scalar(parseRate, "rate", "`2 MB/s`, `64 KiB/s` or `unlimited`");
