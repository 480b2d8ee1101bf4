// Quantities as people write them, `128 KiB`, `30s`, `2 MB/s`, and as the gateway counts them: bytes,
// milliseconds, bytes per second. Text to number and back; what a schema makes of it is in scalars.ts.

export const UNLIMITED = Number.POSITIVE_INFINITY;

/** Timers count in a signed 32-bit number of milliseconds; beyond it they would fire at once. 24.8 days. */
export const DURATION_MAX_MS = 2 ** 31 - 1;

type Units = Readonly<Record<string, number>>;

// Largest first: formatting takes the first that divides.
const SIZE_UNITS: Units = {
  GiB: 1024 ** 3,
  GB: 1e9,
  MiB: 1024 ** 2,
  MB: 1e6,
  KiB: 1024,
  kB: 1e3,
  KB: 1e3,
  B: 1,
};
const TIME_UNITS: Units = { d: 86_400e3, h: 3600e3, m: 60e3, s: 1e3, ms: 1 };
const RATE_UNITS: Units = Object.fromEntries(
  Object.entries(SIZE_UNITS).map(([unit, factor]) => [`${unit}/s`, factor]),
);
/** What people write instead, in lower case; only to suggest, never accepted. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  byte: "B",
  bytes: "B",
  k: "KiB",
  m: "MiB",
  g: "GiB",
  msec: "ms",
  millis: "ms",
  milliseconds: "ms",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  min: "m",
  mins: "m",
  minute: "m",
  minutes: "m",
  hour: "h",
  hours: "h",
  hr: "h",
  day: "d",
  days: "d",
};

const QUANTITY = /^(\d{1,16}(?:\.\d{1,16})?)\s*([A-Za-z/]*)$/;

interface Quantity {
  readonly digits: string;
  readonly unit: string;
}

function readQuantity(text: string): Quantity | undefined {
  const [, digits, unit] = QUANTITY.exec(text.trim()) ?? [];
  return digits === undefined || unit === undefined ? undefined : { digits, unit };
}

function parse(text: string, units: Units): number | undefined {
  const quantity = readQuantity(text);
  const factor = quantity && Object.hasOwn(units, quantity.unit) ? units[quantity.unit] : undefined;
  if (quantity === undefined || factor === undefined) return undefined;
  const value = Math.round(Number(quantity.digits) * factor);
  // What is written as more than nothing must not become nothing.
  if (value === 0 && Number(quantity.digits) !== 0) return undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Whole bytes. */
export function parseBytes(text: string): number | undefined {
  return parse(text, SIZE_UNITS);
}

/** Whole milliseconds, at most `DURATION_MAX_MS`; `Infinity` for `unlimited`. */
export function parseDurationMs(text: string): number | undefined {
  if (text.trim() === "unlimited") return UNLIMITED;
  const value = parse(text, TIME_UNITS);
  return value === undefined || value > DURATION_MAX_MS ? undefined : value;
}

/** Bytes per second; `Infinity` for `unlimited`. */
export function parseRate(text: string): number | undefined {
  if (text.trim() === "unlimited") return UNLIMITED;
  return parse(text, RATE_UNITS);
}

function format(value: number, units: Units, separator: string): string {
  if (value === UNLIMITED) return "unlimited";
  const [unit, factor] = Object.entries(units).find(([, factor]) => value !== 0 && value % factor === 0) ??
    Object.entries(units).at(-1) ?? ["", 1];
  return `${value / factor}${separator}${unit}`;
}

export const formatBytes = (value: number): string => format(value, SIZE_UNITS, " ");
export const formatDurationMs = (value: number): string => format(value, TIME_UNITS, "");
export const formatRate = (value: number): string => format(value, RATE_UNITS, " ");

export interface QuantityKind {
  /** What the quantity counts. */
  readonly mark: "bytes" | "duration" | "rate";
  readonly noun: string;
  readonly examples: string;
  readonly units: Units;
  parse(text: string): number | undefined;
  format(value: number): string;
}

export const SIZE_KIND: QuantityKind = {
  mark: "bytes",
  noun: "size",
  examples: "`64 KiB`, `1 MB` or `512 B`",
  units: SIZE_UNITS,
  parse: parseBytes,
  format: formatBytes,
};
export const DURATION_KIND: QuantityKind = {
  mark: "duration",
  noun: "time",
  examples: "`500ms`, `30s` or `5m`",
  units: TIME_UNITS,
  parse: parseDurationMs,
  format: formatDurationMs,
};
export const RATE_KIND: QuantityKind = {
  mark: "rate",
  noun: "rate",
  examples: "`2 MB/s`, `64 KiB/s` or `unlimited`",
  units: RATE_UNITS,
  parse: parseRate,
  format: formatRate,
};

/** Why `text` is no quantity of this kind, and what was probably meant. */
export function explainQuantity(text: string, kind: QuantityKind): string {
  const quantity = readQuantity(text);
  if (quantity === undefined) return `is not a ${kind.noun}; write for example ${kind.examples}`;
  if (quantity.unit === "") return `has no unit; write for example ${kind.examples}`;
  if (Object.hasOwn(kind.units, quantity.unit)) {
    const greatest = kind.mark === "duration" ? ", more than the 24 days that a timer can count" : "";
    return Number(quantity.digits) * (kind.units[quantity.unit] ?? 1) < 1
      ? "is less than one of the least unit"
      : `is too large${greatest}`;
  }
  const wanted = quantity.unit.toLowerCase();
  const unit =
    Object.keys(kind.units).find((name) => name.toLowerCase() === wanted) ?? OTHER_NAMES[wanted] ?? "";
  const meant = `${quantity.digits}${kind.mark === "duration" ? "" : " "}${unit}`;
  const suggestion = Object.hasOwn(kind.units, unit)
    ? `did you mean \`${meant}\`?`
    : `write for example ${kind.examples}`;
  return `has an unknown unit \`${quantity.unit}\`; ${suggestion}`;
}
