import { expect, test } from "bun:test";
import { judge, median, ratiosOf, roundOrder, spreadOf } from "./statistics.ts";

test("the median of an odd number of runs is the middle one, whatever their order", () => {
  expect(median([9, 1, 5])).toBe(5);
});

test("the median of an even number of runs lies between the middle two", () => {
  expect(median([4, 1, 2, 9])).toBe(3);
});

test("no runs have no median", () => {
  expect(median([])).toBeNaN();
});

test("a spread shows the median between the least and the most", () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
});

test("ratios are taken pair by pair: a slow round that hits both sides does not change them", () => {
  expect(ratiosOf([10, 30, 10], [8, 24, 8])).toEqual({ median: 1.25, least: 1.25, most: 1.25 });
});

test("runs that cannot be paired are refused", () => {
  expect(() => ratiosOf([1, 2], [1])).toThrow();
  expect(() => ratiosOf([], [])).toThrow();
});

test("a figure at its goal meets it, one above misses by its share", () => {
  expect(judge(1.25, 1.25)).toEqual({ met: true });
  expect(judge(1.5, 1.25)).toEqual({ met: false, by: 1.5 / 1.25 - 1 });
});

test("a figure that is not a number misses its goal", () => {
  expect(judge(Number.NaN, 1).met).toBe(false);
});

test("every other round runs backwards", () => {
  expect(roundOrder(["a", "b", "c"], 0)).toEqual(["a", "b", "c"]);
  expect(roundOrder(["a", "b", "c"], 1)).toEqual(["c", "b", "a"]);
});
