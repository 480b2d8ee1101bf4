import { describe, expect, test } from "bun:test";
import { hex } from "../../testing/bytes.ts";
import { createUtf8Validator, decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** The index of the byte that is refused, or -1. */
function refusedAt(bytes: Uint8Array): number {
  const validator = createUtf8Validator();
  for (let at = 0; at < bytes.length; at += 1) if (!validator.push(bytes, at, at + 1)) return at;
  return -1;
}

describe("the validator of UTF-8 (RFC 3629)", () => {
  test.each([
    ["the last of one byte, U+007F", "7f"],
    ["the first and last of two bytes, U+0080 and U+07FF", "c2 80 df bf"],
    ["the first and last of three bytes, U+0800 and U+FFFF", "e0 a0 80 ef bf bf"],
    ["the neighbours of the surrogates, U+D7FF and U+E000", "ed 9f bf ee 80 80"],
    ["the first and last of four bytes, U+10000 and U+10FFFF", "f0 90 80 80 f4 8f bf bf"],
    ["a byte order mark, which is text", "ef bb bf 41"],
    ["NUL", "00"],
  ])("accepts %s", (_, text) => {
    const bytes = hex(text);
    expect(refusedAt(bytes)).toBe(-1);
    expect(createUtf8Validator().push(bytes, 0, bytes.length)).toBe(true);
    expect(encodeUtf8(decodeUtf8(bytes) ?? "refused")).toEqual(bytes);
  });

  test.each([
    ["a continuation without a lead", "41 80", 1],
    ["an overlong NUL of two bytes, at its lead", "c0 80", 0],
    ["the other overlong lead", "c1 bf", 0],
    ["an overlong form of three bytes, at the second", "e0 9f bf", 1],
    ["a high surrogate, at the second", "ed a0 80", 1],
    ["a low surrogate, at the second", "ed bf bf", 1],
    ["an overlong form of four bytes, at the second", "f0 8f bf bf", 1],
    ["U+110000, at the second", "f4 90 80 80", 1],
    ["a lead above F4", "f5 80 80 80", 0],
    ["FE", "fe", 0],
    ["FF", "ff", 0],
    ["a lead where a continuation should be", "c3 c3", 1],
    ["ASCII where the third byte should be", "e2 82 41", 2],
    ["ASCII where the fourth byte should be", "f0 9f 98 41", 3],
    ["C0 where the third byte should be", "e0 a0 c0", 2],
    ["a fifth byte", "f4 8f bf bf bf", 4],
  ])("refuses %s, as soon as the byte is there", (_, text, index) => {
    const bytes = hex(text);
    expect(refusedAt(bytes)).toBe(index);
    expect(createUtf8Validator().push(bytes, 0, bytes.length)).toBe(false);
    expect(decodeUtf8(bytes)).toBeUndefined();
  });

  test("is complete only where a character ends", () => {
    const validator = createUtf8Validator();
    const bytes = hex("f0 9f 98 80");
    const complete = Array.from(bytes, (_, at) => validator.push(bytes, at, at + 1) && validator.isComplete);
    expect(complete).toEqual([false, false, false, true]);
  });

  test("stays refused", () => {
    const validator = createUtf8Validator();
    validator.push(hex("ed a0"), 0, 2);
    expect(validator.push(hex("41"), 0, 1)).toBe(false);
    expect(validator.isComplete).toBe(false);
  });

  test("reads only from start to end", () => {
    expect(createUtf8Validator().push(hex("ff 41 ff"), 1, 2)).toBe(true);
  });
});

test("decoding keeps a byte order mark, and refuses text that ends inside a character", () => {
  expect(decodeUtf8(hex("ef bb bf 41"))).toBe("\ufeffA");
  expect(decodeUtf8(hex("41 e2 82"))).toBeUndefined();
  expect(decodeUtf8(hex(""))).toBe("");
});

test("encoding puts U+FFFD in the place of a lone surrogate", () => {
  expect(encodeUtf8("a\ud800b")).toEqual(hex("61 ef bf bd 62"));
});
