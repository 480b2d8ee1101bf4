// One reading of a configuration: applies schemas to its parts and gathers every mistake, so that an operator sees
// all of them at once.
import { isAbsolute, resolve } from "node:path";
import type { z } from "zod";
import { describeIssues } from "./issues.ts";
import { type Leaf, mapInput, parseInput } from "./schema-shape.ts";
import type { Finding, Path, Source } from "./source.ts";

export interface Reading {
  report(finding: Finding): void;
  /** What works, but is seldom meant. */
  warn(finding: Finding): void;
  /** The form in which `schema` takes `value`: files absolute, numbers of the environment as numbers. */
  prepare(schema: z.core.$ZodType, value: unknown, path: Path): unknown;
  /** The output, boxed, since it may be anything; `undefined` when something was wrong, which is then reported. */
  parse<One extends z.core.$ZodType>(
    schema: One,
    value: unknown,
    path: Path,
    isReported?: (finding: Finding) => boolean,
  ): { readonly value: z.core.output<One> } | undefined;
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
}

export function createReading(source: Source, baseDirectory: string): Reading {
  const findings: Finding[] = [...source.findings];
  const warnings: Finding[] = [];
  // A value that could not be read at all (such as an unset variable) is not judged by its schema too.
  const unread = new Set(source.findings.map(({ path }) => JSON.stringify(path)));
  const mapLeaf = (leaf: Leaf) => inputOf(leaf, source, baseDirectory);
  return {
    findings,
    warnings,
    warn: (finding) => void warnings.push(finding),
    report(finding) {
      if (!unread.has(JSON.stringify(finding.path))) findings.push(finding);
    },
    prepare: (schema, value, path) => mapInput(schema, value, path, { isFilling: false, mapLeaf }),
    parse(schema, value, path, isReported = () => true) {
      const result = parseInput(schema, this.prepare(schema, value, path));
      if (result.success) return { value: result.data as z.core.output<typeof schema> };
      for (const finding of describeIssues(result.error.issues, schema, path)) {
        if (isReported(finding)) this.report(finding);
      }
      return undefined;
    },
  };
}

/** Files become absolute; what the environment gave as text becomes a number or boolean where one is wanted. */
export function inputOf({ value, path, mark, kind }: Leaf, source: Source, baseDirectory: string): unknown {
  if (typeof value !== "string") return value;
  if (mark?.kind === "file" && value !== "" && !isAbsolute(value)) return resolve(baseDirectory, value);
  if (source.environmentOf(path).length === 0) return value;
  if (kind === "number" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (kind === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}
