// For tests: a configuration text, loaded with the made-up service types, and its problems as an operator reads them.
import { FAKE_DEFINITIONS } from "./fake-definitions.ts";
import { type LoadedConfig, type LoadOptions, type LoadResult, loadConfig } from "./load.ts";
import { formatProblem } from "./problem.ts";

export const NOW_MS = Date.parse("2030-01-01");

export function load(text: string, options: Partial<LoadOptions> = {}): LoadResult {
  return loadConfig({
    file: "sluice.yaml",
    baseDirectory: "/etc/sluice",
    content: { text },
    environment: {},
    definitions: FAKE_DEFINITIONS,
    nowMs: NOW_MS,
    ...options,
  });
}

export function problemsOf(text: string, options: Partial<LoadOptions> = {}): readonly string[] {
  const result = load(text, options);
  return "problems" in result ? result.problems.map(formatProblem) : [];
}

export function loaded(text: string, options: Partial<LoadOptions> = {}): LoadedConfig {
  const result = load(text, options);
  if ("problems" in result) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result;
}
