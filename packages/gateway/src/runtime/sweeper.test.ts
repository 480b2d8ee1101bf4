import { expect, test } from "bun:test";
import { sweepPeriodMs } from "./sweeper.ts";

test.each([
  [60_000, 5000],
  [8000, 1000],
  [100, 50],
  [Number.POSITIVE_INFINITY, 5000],
])("an idle timeout of %d ms is looked after every %d ms", (timeout, period) => {
  expect(sweepPeriodMs(timeout)).toBe(period);
});
