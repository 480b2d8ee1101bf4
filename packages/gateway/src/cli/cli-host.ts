// What the commands see of the process that they run in. A value, so that tests can stand in for it.
import type { Environment } from "../config/environment.ts";
import type { Clock } from "../host/clock.ts";

export type SignalName = "SIGHUP" | "SIGINT" | "SIGTERM";

export interface CliHost {
  readonly environment: Environment;
  /** Name and version, such as `bun 1.4.5`. */
  readonly runtime: string;
  /** Operating system and processor, such as `linux x64`. */
  readonly platform: string;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly clock: Clock;
  /** Whether a person is likely to read what goes to standard output. */
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** To standard output. Lines end with the text's own line feeds. */
  print(text: string): void;
  printError(text: string): void;
  fileExists(file: string): boolean;
  /** Throws as `node:fs` does. */
  readText(file: string): string;
  /** Throws as `node:fs` does; with `EEXIST` when the file is there and must not be overwritten. */
  writeText(file: string, text: string, options: { readonly overwrite: boolean }): void;
  /** The default export of a module, read anew each time. Rejects with what the module throws. */
  importDefault(file: string): Promise<unknown>;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** For all listeners of the process. */
  limitHeaders(maxBytes: number): Promise<void>;
  onSignal(name: SignalName, handler: () => void): void;
  /** Our own bug, outside of any session. */
  onUncaught(handler: (error: unknown) => void): void;
  exit(code: number): never;
}
