import { expect, test } from "bun:test";
import { readCpuSeconds, runtimeName } from "./process.ts";

test("processor time is counted in seconds and grows with work", () => {
  const before = readCpuSeconds();
  const startMs = performance.now();
  let work = 0;
  while (performance.now() - startMs < 20) work++;
  const used = readCpuSeconds() - before;
  expect(work).toBeGreaterThan(0);
  expect(used).toBeGreaterThan(0);
  expect(used).toBeLessThan(5);
});

test("the runtime names itself and its version", () => {
  expect(runtimeName()).toBe(`bun ${Bun.version}`);
});
