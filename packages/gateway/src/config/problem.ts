// A mistake in a configuration, as people and editors read it.
import type { Finding, Path, Source } from "./source.ts";
import { formatPath } from "./source.ts";

export interface Problem {
  readonly file: string;
  /** From 1; absent when the file as a whole is meant, or when the configuration is code. */
  readonly line?: number;
  readonly column?: number;
  /** As an operator reads it: `services./mqtt.connect`. Empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
}

export function problemOf(finding: Finding, source: Source, file: string): Problem {
  const position = finding.position ?? locateNearest(source, finding.path, finding.at ?? "value");
  return {
    file,
    ...position,
    path: formatPath(finding.path),
    message: finding.message,
    ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
  };
}

/** What was never written has no position; then the key of what should hold it has. */
function locateNearest(source: Source, path: Path, at: "key" | "value") {
  const exact = source.locate(path, at);
  if (exact !== undefined) return exact;
  for (let length = path.length - 1; length >= 0; length--) {
    const position = source.locate(path.slice(0, length), "key");
    if (position !== undefined) return position;
  }
  return undefined;
}

/** One line: ``sluice.yaml:12:5: services./mqtt.conect: unknown key; did you mean `connect`?`` */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, message, suggestion } = problem;
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  const text = suggestion === undefined ? message : `${message}; ${suggestion}`;
  return path === "" ? `${place}: ${text}` : `${place}: ${path}: ${text}`;
}

/** Longer source lines are cut around the column, so that the caret stays on the screen. Characters. */
const EXCERPT_MAX_CHARACTERS = 100;

/** The source line with a caret under the column, for a terminal; empty when there is no position. */
export function formatExcerpt(problem: Problem, text: string): string {
  if (problem.line === undefined) return "";
  const line = text.split(/\r\n|[\r\n]/, problem.line)[problem.line - 1];
  if (line === undefined) return "";
  const column = (problem.column ?? 1) - 1;
  const start = Math.max(
    0,
    Math.min(column - EXCERPT_MAX_CHARACTERS / 2, line.length - EXCERPT_MAX_CHARACTERS),
  );
  // A file may hold anything; what steers a terminal must not reach it. Same length, so that the caret fits.
  const shown = line.slice(start, start + EXCERPT_MAX_CHARACTERS).replace(/\p{Cc}/gu, " ");
  const gutter = `${problem.line} | `;
  return `${gutter}${shown}\n${" ".repeat(gutter.length - 2)}| ${" ".repeat(column - start)}^`;
}
