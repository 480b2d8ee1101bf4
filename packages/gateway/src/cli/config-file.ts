// Which configuration a command works on, and how it is read: a YAML file, a module, or the built-in one.
import { basename, dirname, extname, resolve } from "node:path";
import { DEFAULT_CONFIG } from "../config/default-config.ts";
import { type LoadResult, loadConfig } from "../config/load.ts";
import { formatExcerpt, formatProblem, type Problem } from "../config/problem.ts";
import { type Source, sourceOfValue } from "../config/source.ts";
import type { ServiceDefinition } from "../service/service.ts";
import type { CliHost } from "./cli-host.ts";
import { CommandError, EXIT } from "./exit-code.ts";

/** Used when no file is named and this one is there. */
export const DEFAULT_FILE = "sluice.yaml";

export interface ConfigRequest {
  /** As given on the command line. */
  readonly file: string | undefined;
  /** Sections that the command line sets. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface ReadConfig {
  /** For messages; `undefined` for the built-in configuration. */
  readonly file: string | undefined;
  /** Of the file, for excerpts; `undefined` when the configuration is code. */
  readonly text: string | undefined;
  readonly result: LoadResult;
}

/** Rejects with `CommandError` when there is nothing to judge: no such file, a module that does not run. */
export async function readConfig(
  { file: named, overrides = {} }: ConfigRequest,
  definitions: readonly ServiceDefinition[],
  host: CliHost,
): Promise<ReadConfig> {
  const file =
    named ?? (host.fileExists(resolve(host.workingDirectory, DEFAULT_FILE)) ? DEFAULT_FILE : undefined);
  const path = file === undefined ? undefined : resolve(host.workingDirectory, file);
  const content =
    path === undefined
      ? { source: sourceOfValue(DEFAULT_CONFIG) }
      : await readContent(file ?? path, path, host);
  if ("problem" in content) return { file, text: undefined, result: { problems: [content.problem] } };
  const result = loadConfig({
    file: file ?? "the built-in configuration",
    baseDirectory: path === undefined ? host.workingDirectory : dirname(path),
    source: content.source,
    definitions,
    overrides,
    readFile: host.readText,
    nowMs: host.clock.wallMs(),
  });
  return { file, text: content.text, result };
}

interface Content {
  readonly source: Source;
  readonly text?: string;
}

const NO_DEFAULT = "has no default export; write `export default defineConfig({ … })`";
const MODULE_EXTENSIONS: readonly string[] = [".ts", ".mts", ".js", ".mjs"];

async function readContent(
  file: string,
  path: string,
  host: CliHost,
): Promise<Content | { readonly problem: Problem }> {
  if (MODULE_EXTENSIONS.includes(extname(path))) {
    if (!host.fileExists(path)) throw missingFile(file);
    try {
      const value = await host.importDefault(path);
      return value === undefined
        ? { problem: { file, path: "", message: NO_DEFAULT } }
        : { source: sourceOfValue(value) };
    } catch (error) {
      return { problem: moduleProblem(error, file) };
    }
  }
  const text = readText(file, path, host);
  // Loaded where it is needed: a configuration that is code, or none, starts faster without it.
  const { readYaml } = await import("../config/yaml-source.ts");
  return { text, source: readYaml(text, host.environment) };
}

function readText(file: string, path: string, host: CliHost): string {
  try {
    return host.readText(path);
  } catch (error) {
    throw unreadableFile(error, file);
  }
}

/** The compiler's first complaint, with its place, or what the module threw. */
function moduleProblem(error: unknown, file: string): Problem {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const message = `cannot be run: ${first instanceof Error ? first.message : messageOf(first)}`;
  return { file, path: "", message, ...positionOf(first) };
}

function messageOf(error: unknown): string {
  const message: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "message") : error;
  return String(message);
}

function positionOf(error: unknown): { line?: number; column?: number } {
  const position: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "position") : undefined;
  if (typeof position !== "object" || position === null) return {};
  const [line, column]: unknown[] = [Reflect.get(position, "line"), Reflect.get(position, "column")];
  return typeof line === "number" && typeof column === "number" ? { line, column } : {};
}

function missingFile(file: string): CommandError {
  const hint = `\`sluice init${basename(file) === DEFAULT_FILE ? "" : ` ${file}`}\` writes one to start from`;
  return new CommandError(EXIT.configuration, `there is no file ${file}; ${hint}`);
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
};

function unreadableFile(error: unknown, file: string): CommandError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code === "ENOENT") return missingFile(file);
  return new CommandError(EXIT.configuration, `cannot read ${file}: ${READ_ERRORS[code] ?? code}`, {
    cause: error,
  });
}

/** More cannot be read at once; what is shown is mended first. */
const PROBLEMS_SHOWN_MAX = 50;

/** For standard error: one line for each problem, on a terminal with the source line below it. */
export function formatProblems(
  problems: readonly Problem[],
  text: string | undefined,
  isTerminal: boolean,
): string {
  const blocks = problems.slice(0, PROBLEMS_SHOWN_MAX).map((problem) => {
    const excerpt = isTerminal && text !== undefined ? formatExcerpt(problem, text) : "";
    return excerpt === "" ? `${formatProblem(problem)}\n` : `${formatProblem(problem)}\n${excerpt}\n`;
  });
  const rest = problems.length - blocks.length;
  return rest > 0 ? `${blocks.join("")}… and ${rest} more\n` : blocks.join("");
}
