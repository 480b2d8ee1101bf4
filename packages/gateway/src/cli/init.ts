// `sluice init`: writes a commented file to start from.
import { resolve } from "node:path";
import { STARTER_CONFIG } from "../config/starter.ts";
import type { CliHost } from "./cli-host.ts";
import { DEFAULT_FILE } from "./config-file.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-code.ts";

export interface InitOptions {
  readonly file: string | undefined;
  readonly force: boolean;
}

export function init({ file = DEFAULT_FILE, force }: InitOptions, host: CliHost): ExitCode {
  try {
    host.writeText(resolve(host.workingDirectory, file), STARTER_CONFIG, { overwrite: force });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const message =
      code === "EEXIST" ? `${file} is there already; --force overwrites it` : `cannot write ${file}: ${code}`;
    throw new CommandError(EXIT.failed, message, { cause: error });
  }
  host.print(`Wrote ${file}. Next: sluice start${file === DEFAULT_FILE ? "" : ` ${file}`}\n`);
  return EXIT.ok;
}
