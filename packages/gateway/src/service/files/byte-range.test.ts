import { describe, expect, test } from "bun:test";
import { formatContentRange, formatUnsatisfied, parseByteRange } from "./byte-range.ts";

const part = (start: number, end: number) => ({ kind: "part", start, end });

describe("a Range header", () => {
  for (const [header, start, end] of [
    ["bytes=0-0", 0, 1],
    ["bytes=0-9", 0, 10],
    ["bytes=0-10", 0, 10],
    ["bytes=9-", 9, 10],
    ["bytes=0-", 0, 10],
    ["bytes=-1", 9, 10],
    ["bytes=-10", 0, 10],
    ["bytes=-11", 0, 10],
    ["bytes=3-4", 3, 5],
    ["BYTES=3-4", 3, 5],
    ["bytes= 3-4 ", 3, 5],
    ["bytes=3-99999999999999999999999999", 3, 10],
    ["bytes=-99999999999999999999999999", 0, 10],
  ] as const) {
    test(`${header} of ten bytes is ${start} to ${end} (RFC 9110 §14.1.2)`, () => {
      expect(parseByteRange(header, 10)).toEqual(part(start, end) as never);
    });
  }

  for (const header of ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999999-"]) {
    test(`${header} of ten bytes cannot be satisfied (RFC 9110 §14.1.2)`, () => {
      expect(parseByteRange(header, 10)).toEqual({ kind: "unsatisfiable" });
    });
  }

  for (const header of [
    null,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=5-4",
    "bytes=a-b",
    "bytes=1-2x",
    "bytes=0x1-2",
    "bytes=1.5-2",
    "bytes=--1",
    "bytes=+1-2",
    "items=0-1",
    "bytes=0-1,3-4",
    "bytes=0-1, ",
    "bytes 0-1/10",
  ]) {
    test(`${JSON.stringify(header)} is ignored (RFC 9110 §14.2)`, () => {
      expect(parseByteRange(header, 10)).toEqual({ kind: "whole" });
    });
  }

  test("of an empty file is unsatisfiable by position and ignored by suffix", () => {
    expect(parseByteRange("bytes=0-", 0)).toEqual({ kind: "unsatisfiable" });
    expect(parseByteRange("bytes=-5", 0)).toEqual({ kind: "whole" });
  });
});

test("Content-Range names the last byte, not the one after it (RFC 9110 §14.4)", () => {
  expect(formatContentRange({ start: 0, end: 10 }, 10)).toBe("bytes 0-9/10");
  expect(formatUnsatisfied(10)).toBe("bytes */10");
});
