import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hex } from "../../testing/bytes.ts";
import { UsageError } from "./usage-error.ts";
import { readVarint, VARINT_INCOMPLETE, VARINT_INVALID, varintBytes, writeVarint } from "./varint.ts";

const VECTORS: [number, string][] = [
  [0, "00"],
  [1, "01"],
  [127, "7f"],
  [128, "80 01"],
  [300, "ac 02"],
  [16383, "ff 7f"],
  [16384, "80 80 01"],
  [2 ** 32, "80 80 80 80 10"],
  [2 ** 49, "80 80 80 80 80 80 80 01"],
  [Number.MAX_SAFE_INTEGER, "ff ff ff ff ff ff ff 0f"],
];

describe("a varint", () => {
  test.each(VECTORS)("%d is written and read as %s", (value, text) => {
    const expected = hex(text);
    const bytes = new Uint8Array(expected.length + 2);
    expect(varintBytes(value)).toBe(expected.length);
    expect(writeVarint(bytes, 1, value)).toBe(expected.length + 1);
    expect(bytes.subarray(1, -1)).toEqual(expected);
    expect(readVarint(bytes, 1, bytes.length)).toBe(value);
  });

  test.each(VECTORS.slice(3))("%d is incomplete at every cut", (_, text) => {
    const bytes = hex(text);
    for (let end = 0; end < bytes.length; end += 1) expect(readVarint(bytes, 0, end)).toBe(VARINT_INCOMPLETE);
  });

  test.each([
    ["zero in two bytes", "80 00"],
    ["one in three bytes", "81 80 00"],
    ["2^53", "80 80 80 80 80 80 80 10"],
    ["a ninth byte", "80 80 80 80 80 80 80 80 01"],
    ["all bits", "ff ff ff ff ff ff ff ff ff 01"],
  ])("%s is invalid", (_, text) => {
    expect(readVarint(hex(text), 0, hex(text).length)).toBe(VARINT_INVALID);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%d cannot be written", (value) => {
    expect(() => varintBytes(value)).toThrow(UsageError);
  });

  test("reads what it writes; any bytes are a number in its one spelling, or none", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = new Uint8Array(varintBytes(value));
        expect(writeVarint(bytes, 0, value)).toBe(bytes.length);
        expect(readVarint(bytes, 0, bytes.length)).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10 }), (bytes) => {
        const value = readVarint(bytes, 0, bytes.length);
        if (value < 0) return;
        const again = new Uint8Array(varintBytes(value));
        writeVarint(again, 0, value);
        expect(again).toEqual(bytes.slice(0, again.length));
      }),
    );
  });
});
