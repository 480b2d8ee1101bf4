import { describe, expect, test } from "bun:test";
import { createLineLimiter, type LineKind } from "./line-limiter.ts";

const LIMITS = { linesMax: 3, windowMs: 1000, kindsMax: 4 };
const kind = (code: string): LineKind => ({ level: "warn", event: "refused", code });

describe("line limiter", () => {
  test("admits lines up to the limit, then counts them", () => {
    const limiter = createLineLimiter(LIMITS);
    expect([0, 1, 2, 3, 4].map((nowMs) => limiter.admit(kind("a"), nowMs))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(limiter.suppressedTotal).toBe(2);
  });

  test("admits again when the window is over, not a millisecond before", () => {
    const limiter = createLineLimiter(LIMITS);
    for (let line = 0; line < 3; line++) limiter.admit(kind("a"), 500);
    expect(limiter.admit(kind("a"), 1499)).toBe(false);
    expect(limiter.admit(kind("a"), 1500)).toBe(true);
  });

  test("tells codes of one event apart", () => {
    const limiter = createLineLimiter(LIMITS);
    for (let line = 0; line < 4; line++) limiter.admit(kind("a"), 0);
    expect(limiter.admit(kind("b"), 0)).toBe(true);
  });

  test("tells what was suppressed once, even while more is coming", () => {
    const limiter = createLineLimiter(LIMITS);
    for (let line = 0; line < 10; line++) limiter.admit(kind("a"), line * 100);
    expect(limiter.takeSuppressed(900)).toEqual([{ ...kind("a"), lines: 7 }]);
    expect(limiter.admit(kind("a"), 950)).toBe(false);
    expect(limiter.admit(kind("a"), 1000)).toBe(true);
    expect(limiter.takeSuppressed(1900)).toEqual([{ ...kind("a"), lines: 1 }]);
    expect(limiter.takeSuppressed(2900)).toEqual([]);
  });

  test("treats all kinds beyond the limit of kinds as one", () => {
    const limiter = createLineLimiter(LIMITS);
    for (let code = 0; code < 4; code++) expect(limiter.admit(kind(`${code}`), 0)).toBe(true);
    const admitted = [10, 11, 12, 13, 14].filter((code) => limiter.admit(kind(`${code}`), 0));
    expect(admitted).toEqual([10, 11, 12]);
    expect(limiter.takeSuppressed(0)).toEqual([{ level: "warn", event: "other events", code: "", lines: 2 }]);
  });

  test("forgets kinds that were not heard of for a window when room is needed", () => {
    const limiter = createLineLimiter(LIMITS);
    for (let code = 0; code < 4; code++) limiter.admit(kind(`${code}`), 0);
    for (let code = 10; code < 14; code++) {
      for (let line = 0; line < 3; line++) expect(limiter.admit(kind(`${code}`), 1000)).toBe(true);
    }
  });
});
