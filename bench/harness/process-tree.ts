// What the kernel says about a process and its descendants: CPU time, time spent waiting for a core, memory.
// Reads /proc; changes nothing.
import { readdirSync, readFileSync } from "node:fs";

export interface CpuTime {
  /** User and system time, in nanoseconds. */
  readonly usedNs: number;
  /** Time spent runnable without a core, in nanoseconds: what other processes took away. */
  readonly waitedNs: number;
}

/** The parent's id in the text of /proc/PID/stat. The name before it may hold spaces and parentheses (proc(5)). */
export function parseParentPid(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[1]);
}

/** The time on a core and the time waiting for one, in the text of a schedstat file. */
export function parseSchedstat(text: string): CpuTime {
  const [usedNs, waitedNs] = text.trim().split(" ").map(Number);
  return { usedNs: usedNs ?? Number.NaN, waitedNs: waitedNs ?? Number.NaN };
}

/** All of `rootPids` and what descends from them, given each process's parent. */
export function descendants(rootPids: readonly number[], parentOf: ReadonlyMap<number, number>): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const [pid, parent] of parentOf) {
    const siblings = childrenOf.get(parent);
    if (siblings) siblings.push(pid);
    else childrenOf.set(parent, [pid]);
  }
  const found = new Set<number>();
  const open = [...rootPids];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    open.push(...(childrenOf.get(pid) ?? []));
  }
  return [...found];
}

export function processTree(rootPid: number): number[] {
  const parentOf = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readOrEmpty(`/proc/${pid}/stat`);
    if (stat !== "") parentOf.set(pid, parseParentPid(stat));
  }
  return descendants([rootPid], parentOf);
}

/** CPU time so far by thread id, of all threads of all `pids` that are alive. */
export function cpuSnapshot(pids: readonly number[]): ReadonlyMap<number, CpuTime> {
  const times = new Map<number, CpuTime>();
  for (const pid of pids) {
    for (const thread of listOrEmpty(`/proc/${pid}/task`)) {
      const text = readOrEmpty(`/proc/${pid}/task/${thread}/schedstat`);
      if (text !== "") times.set(Number(thread), parseSchedstat(text));
    }
  }
  return times;
}

/**
 * CPU time between two snapshots. Thread by thread: idle helper threads of a JavaScript engine end at any time,
 * and would take all that they ever used out of a difference of sums.
 */
export function cpuBetween(
  before: ReadonlyMap<number, CpuTime>,
  after: ReadonlyMap<number, CpuTime>,
): CpuTime {
  let usedNs = 0;
  let waitedNs = 0;
  for (const [thread, time] of after) {
    const start = before.get(thread);
    usedNs += time.usedNs - (start?.usedNs ?? 0);
    waitedNs += time.waitedNs - (start?.waitedNs ?? 0);
  }
  return { usedNs, waitedNs };
}

/** Resident memory of `pids`, in bytes. */
export function residentBytes(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids)
    kilobytes += Number(/^VmRSS:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1] ?? 0);
  return kilobytes * 1024;
}

// A process or thread may end between being listed and being read.
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function listOrEmpty(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
