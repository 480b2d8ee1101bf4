// Starts one server under test as a child process and knows when it serves. Its output goes to a file, whose end is
// shown when it does not start. Ends it by its pid; never by name.
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { onCoresOf, type Role } from "./cores.ts";
import { processTree } from "./process-tree.ts";

export interface Server {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** The process and all its descendants as they are now. */
  pids(): number[];
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly name: string;
  readonly command: readonly string[];
  /** A server under test, or what only stands behind one. */
  readonly role: Role;
  /** Where it will listen; absent when it takes a port of the kernel's choice and prints `listening PORT`. */
  readonly port?: number;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;
/** How often a port that is not open yet is tried, and output that is not there yet is looked for. */
const POLL_MS = 2;
const LOG_TAIL_BYTES = 600;

export async function startServer(directory: string, spec: ServerCommand): Promise<Server> {
  const logFile = join(directory, `${spec.name.replaceAll(/[^a-z0-9]+/gi, "-")}-${crypto.randomUUID()}.log`);
  const log = openSync(logFile, "w");
  // An open standard input is how the servers of this bench see that it still lives.
  const child = Bun.spawn(onCoresOf(spec.role, spec.command), { stdin: "pipe", stdout: log, stderr: log });
  const server = (port: number): Server => ({
    name: spec.name,
    pid: child.pid,
    port,
    pids: () => processTree(child.pid),
    stop: () => stopChild(child),
  });
  try {
    const port = spec.port ?? (await printedPort(child, logFile));
    await untilAccepting(child, port);
    return server(port);
  } catch (cause) {
    await stopChild(child);
    const tail = readFileSync(logFile, "utf8").slice(-LOG_TAIL_BYTES).trim();
    throw new Error(`${spec.name} did not start: ${(cause as Error).message}${tail && `\n${tail}`}`, {
      cause,
    });
  }
}

/** A port that was free a moment ago. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

async function printedPort(child: Subprocess, logFile: string): Promise<number> {
  return await until(child, async () => {
    const port = /^listening (\d+)$/m.exec(readFileSync(logFile, "utf8"))?.[1];
    return port === undefined ? undefined : Number(port);
  });
}

async function untilAccepting(child: Subprocess, port: number): Promise<void> {
  await until(child, async () => ((await accepts(port)) ? true : undefined));
}

/** Whether something accepts connections on the loopback port. */
export async function accepts(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.terminate();
    return true;
  } catch {
    return false;
  }
}

async function until<T>(child: Subprocess, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
    if (child.signalCode !== null) throw new Error(`it was ended by ${child.signalCode}`);
    if (performance.now() > deadline) throw new Error(`it did not serve within ${START_TIMEOUT_MS} ms`);
    await Bun.sleep(POLL_MS);
  }
}

/** Ends a process and what descends from it. */
export async function stopChild(child: Subprocess): Promise<void> {
  // Descendants are listed before their parent is gone: then nobody could tell whose they were.
  const descendants = processTree(child.pid).filter((pid) => pid !== child.pid);
  child.kill("SIGTERM");
  const timer = setTimeout(() => {
    console.error(`${child.pid} did not end within ${STOP_TIMEOUT_MS} ms of SIGTERM and is killed`);
    child.kill("SIGKILL");
  }, STOP_TIMEOUT_MS);
  await child.exited;
  clearTimeout(timer);
  for (const pid of descendants) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It ended with its parent, as it should.
    }
  }
}
