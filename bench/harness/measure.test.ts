import { expect, test } from "bun:test";
import type { Sample } from "./load.ts";
import { evaluate } from "./measure.ts";

function sample(fields: Partial<Sample>): Sample {
  return { atNs: 0, cpuNs: 0, messages: 0, bytes: 0, p50Us: 0, p99Us: 0, p999Us: 0, maxUs: 0, ...fields };
}

test("CPU per message, rate and cores come from the differences of two samples", () => {
  const start = sample({ atNs: 1e9, cpuNs: 5e8, messages: 1_000, bytes: 32_000 });
  const end = sample({ atNs: 3e9, cpuNs: 9e8, messages: 201_000, bytes: 6_432_000, p50Us: 900 });
  const result = evaluate(start, end, { usedNs: 1.6e9, waitedNs: 2e8 });
  expect(result.cpuUs).toBe(8);
  expect(result.perSecond).toBe(100_000);
  expect(result.bytesPerSecond).toBe(3_200_000);
  expect(result.p50Us).toBe(900);
  expect(result.serverCores).toBe(0.8);
  expect(result.serverWaited).toBe(0.1);
  expect(result.generatorCpuUs).toBe(2);
  expect(result.generatorCores).toBe(0.2);
});

test("a run is generator-bound when the generator's core is full and the server's is not", () => {
  const bound = (generatorNs: number, usedNs: number) =>
    evaluate(sample({}), sample({ atNs: 1e9, cpuNs: generatorNs, messages: 1 }), { usedNs, waitedNs: 0 })
      .isGeneratorBound;
  expect(bound(9.5e8, 5e8)).toBe(true);
  expect(bound(9.5e8, 9.5e8)).toBe(false);
  expect(bound(5e8, 5e8)).toBe(false);
});

test("a measurement without a message is an error, not a division by zero", () => {
  expect(() => evaluate(sample({}), sample({ atNs: 1e9 }), { usedNs: 1, waitedNs: 0 })).toThrow(
    "not one message",
  );
});
