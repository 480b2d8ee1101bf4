// One measurement: a server, a load, a length of time; what the server's processes cost meanwhile, per message.
import type { Server } from "./child.ts";
import { type LoadOptions, type Sample, startLoad } from "./load.ts";
import { cpuBetween, cpuSnapshot } from "./process-tree.ts";

export interface Timing {
  /** Load before the measurement, for connections, caches and compilers to settle. */
  readonly warmMs: number;
  readonly measureMs: number;
}

export interface Measurement {
  /** Server CPU per message, in microseconds, of all its processes and threads. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly bytesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
  /** Cores that the server used: 1 is one core fully. */
  readonly serverCores: number;
  /** Share of the time that the server's threads were runnable and had no core. */
  readonly serverWaited: number;
  readonly generatorCpuUs: number;
  readonly generatorCores: number;
  readonly isGeneratorBound: boolean;
}

/** A core that was busy for more than this share of the time had no room for more load. */
const BUSY_SHARE = 0.9;

export async function measure(
  binary: string,
  server: Server,
  options: Omit<LoadOptions, "port">,
  timing: Timing,
): Promise<Measurement> {
  const secondsMax = Math.ceil((timing.warmMs + timing.measureMs) / 1000) + 60;
  const load = await startLoad(binary, { secondsMax, ...options, port: server.port });
  try {
    await Bun.sleep(timing.warmMs);
    // Listed now: some servers start a process for each connection.
    const pids = server.pids();
    const start = await load.sample();
    const cpuBefore = cpuSnapshot(pids);
    await Bun.sleep(timing.measureMs);
    const end = await load.sample();
    const cpuAfter = cpuSnapshot(pids);
    return evaluate(start, end, cpuBetween(cpuBefore, cpuAfter));
  } finally {
    await load.stop();
  }
}

export function evaluate(
  start: Sample,
  end: Sample,
  server: { readonly usedNs: number; readonly waitedNs: number },
): Measurement {
  const elapsedNs = end.atNs - start.atNs;
  const messages = end.messages - start.messages;
  if (messages === 0) throw new Error("not one message came through while it was measured");
  const generatorNs = end.cpuNs - start.cpuNs;
  const serverCores = server.usedNs / elapsedNs;
  const generatorCores = generatorNs / elapsedNs;
  return {
    cpuUs: server.usedNs / messages / 1000,
    perSecond: (messages / elapsedNs) * 1e9,
    bytesPerSecond: ((end.bytes - start.bytes) / elapsedNs) * 1e9,
    p50Us: end.p50Us,
    p99Us: end.p99Us,
    p999Us: end.p999Us,
    maxUs: end.maxUs,
    serverCores,
    serverWaited: server.waitedNs / elapsedNs,
    generatorCpuUs: generatorNs / messages / 1000,
    generatorCores,
    isGeneratorBound: generatorCores > BUSY_SHARE && serverCores < BUSY_SHARE,
  };
}
