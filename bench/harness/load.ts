// Starts the load generator (bench/load) and speaks its line protocol. Decides nothing about what is measured.
import type { Subprocess } from "bun";
import { onCoresOf } from "./cores.ts";

export interface LoadOptions {
  readonly mode: "echo" | "fan" | "idle" | "storm" | "http";
  readonly port: number;
  readonly path?: string;
  readonly connections?: number;
  /** Messages in flight per connection; for a fan, publications in flight. */
  readonly window?: number;
  /** Payload bytes of a message, at least 8. */
  readonly size?: number;
  readonly text?: boolean;
  /** Source addresses 127.0.0.2, 127.0.0.3, … to spread connections over. */
  readonly sources?: number;
  /** Handshakes under way at once while connections are opened. */
  readonly opening?: number;
  /** The generator ends itself after this time. */
  readonly secondsMax?: number;
  /** What is behind the server is a byte stream: messages may come back joined or split. */
  readonly stream?: boolean;
  readonly subprotocol?: string;
}

/** Counters since the start; latencies since the sample before. */
export interface Sample {
  readonly atNs: number;
  /** CPU time of the generator itself. */
  readonly cpuNs: number;
  readonly messages: number;
  readonly bytes: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
}

export interface Load {
  readonly pid: number;
  sample(): Promise<Sample>;
  stop(): Promise<void>;
}

type Line =
  | { readonly event: "ready"; readonly connections: number; readonly seconds: number }
  | ({ readonly event: "sample" } & Sample)
  | { readonly event: "failed"; readonly why: string };

/** Resolves when all connections are up and traffic flows. */
export async function startLoad(binary: string, options: LoadOptions): Promise<Load> {
  const settings = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const child = Bun.spawn(onCoresOf("support", [binary, ...settings]), {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const next = lineReader(child);
  try {
    const first = await next();
    if (first.event !== "ready") throw new Error("the load generator did not begin with `ready`");
  } catch (failure) {
    await endLoad(child);
    throw failure;
  }
  return {
    pid: child.pid,
    async sample() {
      try {
        child.stdin.write("sample\n");
        await child.stdin.flush();
      } catch {
        // A generator that has ended takes no command; why it ended is in its output, which is read next.
      }
      const line = await next();
      if (line.event !== "sample") throw new Error("the load generator did not answer with a sample");
      return line;
    },
    stop: () => endLoad(child),
  };
}

type LoadProcess = Subprocess<"pipe", "pipe", "inherit">;

async function endLoad(child: LoadProcess): Promise<void> {
  child.kill();
  await child.exited;
}

/** Parsed output lines, one a call. A `failed` line, or the end, is thrown. */
function lineReader(child: LoadProcess): () => Promise<Line> {
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let pending = "";
  return async () => {
    for (let end = pending.indexOf("\n"); end === -1; end = pending.indexOf("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the load generator ended (${(await child.exited) || "no reason given"})`);
      pending += decoder.decode(value, { stream: true });
    }
    const end = pending.indexOf("\n");
    // The other side of this protocol is bench/load/load.c, of the same commit.
    const line = JSON.parse(pending.slice(0, end)) as Line;
    pending = pending.slice(end + 1);
    if (line.event === "failed") throw new Error(`load: ${line.why}`);
    return line;
  };
}
