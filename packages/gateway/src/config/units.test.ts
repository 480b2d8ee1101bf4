import { describe, expect, test } from "bun:test";
import {
  DURATION_KIND,
  DURATION_MAX_MS,
  explainQuantity,
  formatBytes,
  formatDurationMs,
  formatRate,
  parseBytes,
  parseDurationMs,
  parseRate,
  SIZE_KIND,
} from "./units.ts";

describe("sizes", () => {
  test.each([
    ["0 B", 0],
    ["512 B", 512],
    ["64KiB", 65_536],
    ["1 kB", 1000],
    ["1 KB", 1000],
    ["1.5 MB", 1_500_000],
    [" 2 MiB ", 2_097_152],
    ["1 GiB", 1_073_741_824],
    ["0.0009765625 KiB", 1],
    ["9007199254740991 B", Number.MAX_SAFE_INTEGER],
  ])("%s", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each([
    "",
    "64",
    "KiB",
    "-1 B",
    "1e3 B",
    "64 kib",
    "64 KiB/s",
    "1,5 MB",
    "1.2.3 B",
    "64 KiB x",
    "0x10 B",
    "unlimited",
    "toString",
    "1 constructor",
  ])("does not take `%s`", (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });

  test("does not turn something into nothing", () => {
    expect(parseBytes("0.4 B")).toBeUndefined();
    expect(parseBytes("0.5 B")).toBe(1);
  });

  test("ends where numbers stop being exact", () => {
    expect(parseBytes("8388607 GiB")).toBe(8_388_607 * 1024 ** 3);
    expect(parseBytes("8388608 GiB")).toBeUndefined();
  });

  test("are written with the largest unit that divides them", () => {
    expect([0, 1, 1500, 2000, 131_072, 1e6, 1024 ** 3].map(formatBytes)).toEqual([
      "0 B",
      "1 B",
      "1500 B",
      "2 kB",
      "128 KiB",
      "1 MB",
      "1 GiB",
    ]);
  });
});

describe("times", () => {
  test.each([
    ["0s", 0],
    ["1ms", 1],
    ["1.5 s", 1500],
    ["5m", 300_000],
    ["12h", 43_200_000],
    ["24d", 2_073_600_000],
    ["unlimited", Number.POSITIVE_INFINITY],
  ])("%s", (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test("end where timers do: a longer one would fire at once", () => {
    expect(parseDurationMs(`${DURATION_MAX_MS}ms`)).toBe(DURATION_MAX_MS);
    expect(parseDurationMs(`${DURATION_MAX_MS + 1}ms`)).toBeUndefined();
    expect(parseDurationMs("25d")).toBeUndefined();
  });

  test("are written with the largest unit that divides them", () => {
    expect([0, 1, 1500, 60_000, 90_000, 86_400_000, Number.POSITIVE_INFINITY].map(formatDurationMs)).toEqual([
      "0ms",
      "1ms",
      "1500ms",
      "1m",
      "90s",
      "1d",
      "unlimited",
    ]);
  });
});

test("rates are sizes in a second", () => {
  expect(parseRate("2 MB/s")).toBe(2_000_000);
  expect(parseRate("unlimited")).toBe(Number.POSITIVE_INFINITY);
  expect(parseRate("2 MB")).toBeUndefined();
  expect(formatRate(65_536)).toBe("64 KiB/s");
});

describe("what is wrong with a quantity", () => {
  test.each([
    ["64", "has no unit; write for example `64 KiB`, `1 MB` or `512 B`"],
    ["64 kib", "has an unknown unit `kib`; did you mean `64 KiB`?"],
    ["64 K", "has an unknown unit `K`; did you mean `64 KiB`?"],
    ["64 floz", "has an unknown unit `floz`; write for example `64 KiB`, `1 MB` or `512 B`"],
    ["much", "is not a size; write for example `64 KiB`, `1 MB` or `512 B`"],
    ["0.4 B", "is less than one of the least unit"],
    ["8388608 GiB", "is too large"],
  ])("size %s", (text, message) => {
    expect(explainQuantity(text, SIZE_KIND)).toBe(message);
  });

  test.each([
    ["5 Min", "has an unknown unit `Min`; did you mean `5m`?"],
    ["30 seconds", "has an unknown unit `seconds`; did you mean `30s`?"],
    ["25d", "is too large, more than the 24 days that a timer can count"],
  ])("time %s", (text, message) => {
    expect(explainQuantity(text, DURATION_KIND)).toBe(message);
  });
});
