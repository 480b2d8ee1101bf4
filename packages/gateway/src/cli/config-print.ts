// `sluice config print`: the configuration in force, with every default filled in and secrets masked.
import { resolvedData } from "../config/print.ts";
import { count } from "./check.ts";
import { formatProblems, readConfig } from "./config-file.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CliParts } from "./gateway-door.ts";

export interface ConfigPrintOptions {
  readonly file: string | undefined;
  readonly json: boolean;
}

export async function configPrint(
  { file, json }: ConfigPrintOptions,
  { host, loadGateway }: CliParts,
): Promise<ExitCode> {
  const { STANDARD_SERVICES } = await loadGateway();
  const { result, text, file: read } = await readConfig({ file }, STANDARD_SERVICES, host);
  if ("problems" in result) {
    host.printError(formatProblems(result.problems, text, host.isErrorTerminal));
    host.printError(`${read ?? "the built-in configuration"}: ${count(result.problems.length, "problem")}\n`);
    return EXIT.configuration;
  }
  const data = resolvedData(result, STANDARD_SERVICES);
  if (json) host.print(`${JSON.stringify(data, undefined, 2)}\n`);
  else {
    const { stringify } = await import("yaml");
    host.print(stringify(data, { lineWidth: 0 }));
  }
  return EXIT.ok;
}
