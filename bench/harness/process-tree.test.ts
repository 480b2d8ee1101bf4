import { expect, test } from "bun:test";
import {
  cpuBetween,
  cpuSnapshot,
  descendants,
  parseParentPid,
  parseSchedstat,
  processTree,
  residentBytes,
} from "./process-tree.ts";

test("the parent is found behind a process name with spaces and parentheses (proc(5))", () => {
  expect(parseParentPid("42 (a) b (c) S 7 42 42 0 -1")).toBe(7);
});

test("schedstat gives time on a core and time waiting for one", () => {
  expect(parseSchedstat("2847945 426614 1\n")).toEqual({ usedNs: 2_847_945, waitedNs: 426_614 });
});

test("a tree holds the root and all that descends from it, and nothing else", () => {
  const parentOf = new Map([
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 1],
  ]);
  expect(descendants([2], parentOf).sort()).toEqual([2, 3, 4]);
});

test("a thread that ended does not take its past out of the difference, a new one counts from its start", () => {
  const before = new Map([
    [1, { usedNs: 1_000, waitedNs: 10 }],
    [2, { usedNs: 9_000, waitedNs: 90 }],
  ]);
  const after = new Map([
    [1, { usedNs: 1_500, waitedNs: 15 }],
    [3, { usedNs: 70, waitedNs: 7 }],
  ]);
  expect(cpuBetween(before, after)).toEqual({ usedNs: 570, waitedNs: 12 });
});

test("a child process is in the tree of this one, and its work is counted", async () => {
  const child = Bun.spawn(
    ["sh", "-c", "while read line; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo; done"],
    {
      stdin: "pipe",
      stdout: "pipe",
    },
  );
  try {
    expect(processTree(process.pid)).toContain(child.pid);
    const before = cpuSnapshot([child.pid]);
    child.stdin.write("go\n");
    await child.stdout.getReader().read();
    expect(cpuBetween(before, cpuSnapshot([child.pid])).usedNs).toBeGreaterThan(0);
    expect(residentBytes([child.pid])).toBeGreaterThan(0);
  } finally {
    child.kill();
    await child.exited;
  }
  expect(residentBytes([child.pid])).toBe(0);
});
