import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hex, latin1 } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { answerChallenge, formatKeyNumber, parseKeyNumber } from "./challenge.ts";

describe("the examples of draft -76", () => {
  test("§1.3: two keys, eight bytes, and the answer", () => {
    const number1 = parseKeyNumber("4 @1  46546xW%0l 1 5");
    const number2 = parseKeyNumber("12998 5 Y3 1  .P00");
    expect([number1, number2]).toEqual([829_309_203, 259_970_620]);
    expect(answerChallenge(829_309_203, 259_970_620, latin1("^n:ds[4U"))).toEqual(latin1("8jKS'y:G*Co,Wxa-"));
  });

  test("§5.2: other keys, whose bytes hold text", () => {
    const number1 = parseKeyNumber("18x 6]8vM;54 *(5:  {   U1]8  z [  8");
    const number2 = parseKeyNumber("1_ tx7X d  <  nw  334J702) 7]o}` 0");
    expect([number1, number2]).toEqual([155_712_099, 173_347_027]);
    expect(answerChallenge(155_712_099, 173_347_027, latin1("Tm[K T2u"))).toEqual(latin1("fQJ,fN/4F4!~K~MH"));
  });
});

describe("the number of a key (draft -76 §5.2)", () => {
  test.each([
    ["1 2", 12],
    ["1 2 ", 6],
    ["a4b c2", 42],
    ["0 ", 0],
    ["00 ", 0],
    ["4294967295 ", 0xffff_ffff],
    ["8 5 89934590", 0xffff_ffff],
    [" 9", 9],
  ])("of %j is %d", (key, number) => {
    expect(parseKeyNumber(key)).toBe(number);
  });

  test.each([
    ["no space", "123"],
    ["no digit", "a b"],
    ["nothing", ""],
    ["a remainder", "1 0 0 1 "],
    ["a quotient of 33 bits", "4294967296 "],
    ["a quotient far beyond 32 bits", `${"9".repeat(400)} `],
    ["digits beyond exact integers, whose remainder was lost", `9007199254740993${" ".repeat(1 << 22)}`],
    ["tabs for spaces", "1\t2"],
    ["digits that are not ASCII", "\u0661 \u0662"],
  ])("cannot be with %s", (_, key) => {
    expect(parseKeyNumber(key)).toBeUndefined();
  });
});

test("the challenge is big-endian, with the eight bytes at its end", () => {
  // MD5 of 00000001 80000000 6162636465666768, computed with another implementation.
  const input = hex("00 00 00 01 80 00 00 00 61 62 63 64 65 66 67 68");
  const expected = new Bun.CryptoHasher("md5").update(input).digest();
  expect(answerChallenge(1, 0x8000_0000, latin1("abcdefgh"))).toEqual(new Uint8Array(expected));
});

test.each([[7], [9]])("the bytes after the head cannot be %d", (length) => {
  expect(() => answerChallenge(1, 2, new Uint8Array(length))).toThrow(UsageError);
});

describe("a key made for a number", () => {
  test("holds it, its spaces and its other characters, and neither begins nor ends with a space (draft -76 §4.1)", () => {
    const request = fc
      .record({ spaces: fc.integer({ min: 1, max: 12 }), others: fc.integer({ min: 1, max: 12 }) })
      .chain(({ spaces, others }) =>
        fc.record({
          spaces: fc.constant(spaces),
          others: fc.constant(others),
          number: fc.integer({ min: 0, max: Math.floor(0xffff_ffff / spaces) }),
          noise: fc.uint8Array({ minLength: spaces + 2 * others, maxLength: spaces + 2 * others }),
        }),
      );
    fc.assert(
      fc.property(request, ({ spaces, others, number, noise }) => {
        const key = formatKeyNumber(number, spaces, noise);
        expect(parseKeyNumber(key)).toBe(number);
        expect(key.trim()).toBe(key);
        expect(key.replace(/[^ ]/g, "")).toHaveLength(spaces);
        expect(key.replace(/[ 0-9]/g, "")).toMatch(/^[\x21-\x2f\x3a-\x7e]+$/);
        expect(key.replace(/[ 0-9]/g, "")).toHaveLength(others);
      }),
    );
  });

  test.each([
    ["no space", 1, 0, 2],
    ["13 spaces", 1, 13, 15],
    ["no other character", 1, 1, 1],
    ["13 other characters", 1, 1, 27],
    ["half another character", 1, 1, 4],
    ["a number that its spaces take over 32 bits", 0x8000_0000, 2, 4],
    ["a negative number", -1, 1, 3],
    ["a fraction", 0.5, 2, 4],
  ])("cannot have %s", (_, number, spaces, noiseBytes) => {
    expect(() => formatKeyNumber(number, spaces, new Uint8Array(noiseBytes))).toThrow(UsageError);
  });
});
