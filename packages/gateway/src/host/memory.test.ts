import { describe, expect, test } from "bun:test";
import { createMemoryReader, type MemoryFiles, readMemoryBytes } from "./memory.ts";

/** AT_HWCAP (16), AT_PAGESZ (6), AT_NULL (0), each with its value, as 64-bit little-endian words. */
function auxv(pageBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(48));
  view.setBigUint64(0, 16n, true);
  view.setBigUint64(8, 6n, true);
  view.setBigUint64(16, 6n, true);
  view.setBigUint64(24, BigInt(pageBytes), true);
  return new Uint8Array(view.buffer);
}

const files: MemoryFiles = {
  statm: () => "1620566 7084 6425 19978 0 1577267 0\n",
  auxv: () => auxv(4096),
  fallbackBytes: () => 99,
};

describe("memory of this process", () => {
  test("is what the runtime tells, as near as two moments are", () => {
    expect(Math.abs(readMemoryBytes() - process.memoryUsage.rss())).toBeLessThan(16e6);
  });

  test("grows by what is taken", () => {
    const before = readMemoryBytes();
    const taken = new Uint8Array(64e6).fill(1);
    expect(readMemoryBytes() - before).toBeGreaterThan(50e6);
    expect(taken[63e6]).toBe(1);
  });
});

describe("memory reader", () => {
  test.each([4096, 16_384, 65_536])("counts in the pages of the machine, here of %d bytes", (pageBytes) => {
    expect(createMemoryReader({ ...files, auxv: () => auxv(pageBytes) })()).toBe(7084 * pageBytes);
  });

  test("asks the runtime where the system does not tell", () => {
    expect(createMemoryReader({ ...files, auxv: () => undefined })()).toBe(99);
    expect(createMemoryReader({ ...files, auxv: () => new Uint8Array(48) })()).toBe(99);
    expect(createMemoryReader({ ...files, statm: () => undefined })()).toBe(99);
  });

  test("stays with the last value when the runtime cannot tell any more", () => {
    let isBlind = false;
    const read = createMemoryReader({
      ...files,
      statm: () => undefined,
      fallbackBytes() {
        if (isBlind) throw new Error("EMFILE");
        return 42;
      },
    });
    expect(read()).toBe(42);
    isBlind = true;
    expect(read()).toBe(42);
  });
});
