// A configuration as it was read, before any schema has seen it: plain data, and where each part of it was written.

/** Larger files are no configuration. Bytes. */
export const FILE_MAX_BYTES = 1024 * 1024;

export type Path = readonly (string | number)[];

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** What is wrong, at a path of the data; `load` adds the file and the position. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly suggestion?: string;
  /** Whether the key or the value is to blame. Default: the value. */
  readonly at?: "key" | "value";
  /** Where it is, if it has no place of its own in the data. */
  readonly position?: Position;
}

export interface Source {
  readonly data: unknown;
  readonly findings: readonly Finding[];
  /** Where the value or key at `path` was written; `undefined` when unknown, as for a configuration that is code. */
  locate(path: Path, at: "key" | "value"): Position | undefined;
  /** The variables of the environment that the value at `path` was made of. */
  environmentOf(path: Path): readonly string[];
}

/** As an operator reads it: `services./mqtt.connect`, `listen[1].url`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const shown = /^[^\s"'[\]]+$/.test(part) ? part : JSON.stringify(part);
    return text === "" ? shown : `${text}.${shown}`;
  }, "");
}

/** A configuration that is code: nothing is substituted, and nobody knows the lines. */
export function sourceOfValue(data: unknown): Source {
  return { data, findings: [], locate: () => undefined, environmentOf: () => [] };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
