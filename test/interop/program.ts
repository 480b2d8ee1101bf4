// Runs a client program to its end and answers with what it printed.
import { startProcess } from "../fixture/process.ts";

/** Less than the tests' own, so that a client that hangs is ended and what it printed is shown. */
const DEADLINE_MS = 25_000;

export async function runProgram(command: readonly [string, ...string[]]): Promise<string> {
  const child = startProcess({ name: command[0], command });
  const timer = setTimeout(() => child.signal("SIGKILL"), DEADLINE_MS);
  const exitCode = await child.exited;
  clearTimeout(timer);
  if (exitCode !== 0)
    throw new Error(`${command.join(" ")} ended with exit code ${exitCode}:\n${child.output()}`);
  return child.output();
}

/** The one line of JSON that a client program prints. */
export async function runNodeClient(name: string, ...args: readonly string[]): Promise<unknown> {
  const output = await runProgram(["node", `${import.meta.dir}/client/${name}.mjs`, ...args]);
  return JSON.parse(output);
}
