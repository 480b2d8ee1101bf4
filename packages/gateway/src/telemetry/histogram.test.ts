import { expect, test } from "bun:test";
import { createHistogram } from "./histogram.ts";

test("puts a value that equals a bound below it, and one above into the next bucket", () => {
  const histogram = createHistogram([0.1, 1]);
  for (const value of [0.1, 0.11, 1, 1.01]) histogram.observe(value);
  expect(histogram.cumulated()).toEqual([1, 3]);
  expect(histogram.count).toBe(4);
  expect(histogram.sum).toBeCloseTo(2.22, 9);
});

test("starts empty", () => {
  const histogram = createHistogram([1, 2, 3]);
  expect(histogram.cumulated()).toEqual([0, 0, 0]);
  expect(histogram.count).toBe(0);
});
