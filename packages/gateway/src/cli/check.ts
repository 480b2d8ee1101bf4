// `sluice check`: says whether a configuration can be started, and everything that is wrong with it.
import { formatProblems, readConfig } from "./config-file.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CliParts } from "./gateway-door.ts";

export interface CheckOptions {
  readonly file: string | undefined;
  readonly json: boolean;
}

export async function check(
  { file, json }: CheckOptions,
  { host, loadGateway }: CliParts,
): Promise<ExitCode> {
  const { STANDARD_SERVICES } = await loadGateway();
  const { result, text, file: read } = await readConfig({ file }, STANDARD_SERVICES, host);
  const problems = "problems" in result ? result.problems : [];
  const warnings = "warnings" in result ? result.warnings : [];
  const exitCode = problems.length === 0 ? EXIT.ok : EXIT.configuration;
  if (json) {
    host.print(`${JSON.stringify({ ok: problems.length === 0, problems, warnings }, undefined, 2)}\n`);
    return exitCode;
  }
  host.printError(formatProblems(problems, text, host.isErrorTerminal));
  host.printError(formatProblems(warnings.map(asWarning), text, host.isErrorTerminal));
  const name = read ?? "the built-in configuration";
  if ("settings" in result) {
    const { listen, services } = result.settings;
    const paths = services.map(({ path }) => path).join(", ");
    host.print(
      `${name}: ok, ${count(listen.length, "listener")}, ${count(services.length, "service")} (${paths})\n`,
    );
  } else host.printError(`${name}: ${count(problems.length, "problem")}\n`);
  return exitCode;
}

/** So that a line of its own tells what it is. */
export function asWarning<Problem extends { readonly message: string }>(problem: Problem): Problem {
  return { ...problem, message: `warning: ${problem.message}` };
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
