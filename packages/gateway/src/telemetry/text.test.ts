import { describe, expect, test } from "bun:test";
import { escapeInJson, limitText, quoteText, VALUE_MAX_BYTES } from "./text.ts";

describe("limitText", () => {
  test("keeps a value of exactly 1024 bytes and cuts one of 1025", () => {
    const full = "a".repeat(VALUE_MAX_BYTES);
    expect(limitText(full)).toBe(full);
    expect(limitText(`${full}b`)).toBe(`${full} [+1 bytes]`);
  });

  test("counts bytes of UTF-8, not characters", () => {
    const full = "é".repeat(VALUE_MAX_BYTES / 2);
    expect(limitText(full)).toBe(full);
    expect(limitText(`${full}é`)).toBe(`${full} [+2 bytes]`);
  });

  test("cuts before a character that does not fit, never within it", () => {
    const text = `${"a".repeat(VALUE_MAX_BYTES - 3)}😀`;
    expect(limitText(text)).toBe(`${"a".repeat(VALUE_MAX_BYTES - 3)} [+4 bytes]`);
  });

  test("counts a lone surrogate as the three bytes that stand for it", () => {
    const full = "\ud800".repeat(3);
    expect(limitText(full, 9)).toBe(full);
    expect(limitText(full, 8)).toBe("\ud800\ud800 [+3 bytes]");
  });
});

describe("quoteText", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["plain text", "GET /echo", '"GET /echo"'],
    ["quotation marks and backslashes", 'a"b\\c', '"a\\"b\\\\c"'],
    ["CR and LF", "a\r\nb", '"a\\r\\nb"'],
    ["ESC, so that no terminal obeys", "\x1b[2J", '"\\u001b[2J"'],
    ["NUL and DEL", "\0\x7f", '"\\u0000\\u007f"'],
    ["C1 controls, of which CSI is one", "\x9b31m\x85", '"\\u009b31m\\u0085"'],
    ["bidi overrides and isolates", "\u202eabc\u2066", '"\\u202eabc\\u2066"'],
    ["zero-width characters", "a\u200bb\ufeff", '"a\\u200bb\\ufeff"'],
    ["line and paragraph separators", "\u2028\u2029", '"\\u2028\\u2029"'],
    ["lone surrogates", "\ud83d!\ude00", '"\\ud83d!\\ude00"'],
    ["tag characters, as both of their halves", "\u{e0041}", '"\\udb40\\udc41"'],
    ["letters of all scripts, which stay as they are", "Zoë 東京 😀", '"Zoë 東京 😀"'],
  ];
  test.each(cases)("escapes or keeps %s", (_, text, quoted) => {
    expect(quoteText(text)).toBe(quoted);
    expect(JSON.parse(quoted)).toBe(text);
  });
});

describe("escapeInJson", () => {
  test("keeps the layout and escapes within strings", () => {
    const value = { origin: "a\u009b\u202e\nb", list: [1, "é"] };
    const json = escapeInJson(JSON.stringify(value, null, 2));
    expect(json).toBe('{\n  "origin": "a\\u009b\\u202e\\nb",\n  "list": [\n    1,\n    "é"\n  ]\n}');
    expect(JSON.parse(json)).toEqual(value);
  });
});
