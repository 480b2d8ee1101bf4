// For tests: a configuration, loaded with the made-up service types, and its problems as an operator reads them.
import type { Environment } from "./environment.ts";
import { FAKE_DEFINITIONS } from "./fake-definitions.ts";
import { type LoadedConfig, type LoadOptions, type LoadResult, loadConfig } from "./load.ts";
import { formatProblem } from "./problem.ts";
import { sourceOfValue } from "./source.ts";
import { readYaml } from "./yaml-source.ts";

export const NOW_MS = Date.parse("2030-01-01");

export interface FakeLoadOptions extends Partial<LoadOptions> {
  readonly environment?: Environment;
  /** Stands in place of the text. */
  readonly content?: { readonly value: unknown };
}

export function load(
  text: string,
  { environment = {}, content, ...options }: FakeLoadOptions = {},
): LoadResult {
  return loadConfig({
    file: "sluice.yaml",
    baseDirectory: "/etc/sluice",
    source: content === undefined ? readYaml(text, environment) : sourceOfValue(content.value),
    definitions: FAKE_DEFINITIONS,
    nowMs: NOW_MS,
    ...options,
  });
}

export function problemsOf(text: string, options: FakeLoadOptions = {}): readonly string[] {
  const result = load(text, options);
  return "problems" in result ? result.problems.map(formatProblem) : [];
}

export function loaded(text: string, options: FakeLoadOptions = {}): LoadedConfig {
  const result = load(text, options);
  if ("problems" in result) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result;
}
