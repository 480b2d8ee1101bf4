#!/usr/bin/env node
// The command `sluice`, for Node 20 and newer or Bun: finds the Bun that came with the package and runs the program
// with it. Passes on the terminal, signals and the exit code; knows nothing of what the words mean.
import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, devNull } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
/** The package holds a text of some hundred bytes in place of the binary until its install script has run. */
const BINARY_MIN_BYTES = 1024 * 1024;
const NO_BUN = "install again with `npm rebuild bun`, or name a Bun in the environment variable SLUICE_BUN";

function findBun() {
  const { SLUICE_BUN } = process.env;
  if (SLUICE_BUN !== undefined && SLUICE_BUN !== "") {
    if (existsSync(SLUICE_BUN)) return SLUICE_BUN;
    fail(`SLUICE_BUN is ${SLUICE_BUN}, and there is no such file`);
  }
  let folder;
  try {
    folder = dirname(createRequire(import.meta.url).resolve("bun/package.json"));
  } catch {
    fail(`the package bun is not installed; ${NO_BUN}`);
  }
  const binary = join(folder, "bin/bun.exe");
  if (existsSync(binary) && statSync(binary).size >= BINARY_MIN_BYTES) return binary;
  return fail(`the package bun has no binary; ${NO_BUN}`);
}

function fail(message) {
  process.stderr.write(`sluice: ${message}\n`);
  process.exit(1);
}

/**
 * Bun would take a `bunfig.toml` (which can run code), a `.env` and even packages from wherever it is started; a
 * gateway takes only what its operator gave it. Without its launcher nobody would pass signals on, so it ends with it.
 */
const BUN_FLAGS = [`--config=${devNull}`, "--no-env-file", "--no-install", "--no-orphans"];

const child = spawn(findBun(), [...BUN_FLAGS, PROGRAM, ...process.argv.slice(2)], { stdio: "inherit" });

child.on("error", (error) => fail(`cannot run ${child.spawnfile}: ${error.message}`));

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));

child.on("exit", (code, signal) => {
  // As a shell tells it. Killing this process by the same signal would leave a core dump of the wrong one.
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});
