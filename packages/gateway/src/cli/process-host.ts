// The commands' view of the real process: the only file here that names `process` and the file system.
import { closeSync, existsSync, openSync, readSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { FILE_MAX_BYTES } from "../config/source.ts";
import { systemClock } from "../host/clock.ts";
import type { CliHost } from "./cli-host.ts";

export interface ProcessHost extends CliHost {
  /** Resolves when all that was printed is written; `false` when some of it could not be. */
  flush(): Promise<boolean>;
}

export function createProcessHost(): ProcessHost {
  const output = createOutput(process.stdout);
  const errors = createOutput(process.stderr);
  return {
    environment: process.env,
    runtime: `bun ${process.versions.bun}`,
    platform: `${process.platform} ${process.arch}`,
    workingDirectory: process.cwd(),
    clock: systemClock,
    isOutputTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    print: (text) => output.print(text),
    printError: (text) => errors.print(text),
    fileExists: existsSync,
    readText,
    writeText: (file, text, { overwrite }) => writeFileSync(file, text, { flag: overwrite ? "w" : "wx" }),
    importDefault,
    fetch: (url, init) => fetch(url, init),
    limitHeaders,
    onSignal: (name, handler) => void process.on(name, handler),
    onUncaught: (handler) => {
      process.on("uncaughtException", handler);
      process.on("unhandledRejection", handler);
    },
    exit: (code) => process.exit(code),
    flush: async () => (await Promise.all([output.flush(), errors.flush()])).every((isWritten) => isWritten),
  };
}

/** What Bun takes unless it is told otherwise. */
const HEADER_DEFAULT_MAX_BYTES = 16_384;

/** Bun's one limit for all servers: what its flag `--max-http-header-size` sets, and as good as that. */
export async function limitHeaders(maxBytes: number): Promise<void> {
  if (maxBytes === HEADER_DEFAULT_MAX_BYTES) return;
  // Loaded where it is needed: it takes as long as a fifth of the start.
  const http = await import("node:http");
  // Node has it as a constant, and so have the types; Bun takes a new value.
  Reflect.set(http.default, "maxHeaderSize", maxBytes);
}

interface Output {
  print(text: string): void;
  flush(): Promise<boolean>;
}

function createOutput(stream: NodeJS.WriteStream): Output {
  const pending: Promise<boolean>[] = [];
  // Each write tells its own error; without a listener the stream would end the process with it.
  stream.on("error", () => {});
  return {
    print(text) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      // A reader that leaves early, such as `head`, has what it wanted.
      stream.write(text, (error) => resolve(!error || ("code" in error && error.code === "EPIPE")));
      pending.push(promise);
    },
    flush: async () => (await Promise.all(pending)).every((isWritten) => isWritten),
  };
}

/** One byte more than a configuration may have, so that its reader can tell that it is too large. */
const TEXT_MAX_BYTES = FILE_MAX_BYTES + 1;

/** At most `TEXT_MAX_BYTES`: an operator's slip such as `/dev/zero` must not fill the memory. */
export function readText(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(TEXT_MAX_BYTES);
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0 || length === buffer.length) return buffer.toString("utf8", 0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Bun keeps modules by their real path, and their text too: a query in the URL would not bring the new one. */
export async function importDefault(file: string): Promise<unknown> {
  const path = realpathSync(file);
  delete createRequire(import.meta.url).cache[path];
  const module: unknown = await import(path);
  if (typeof module !== "object" || module === null || !("default" in module)) return undefined;
  return module.default;
}
