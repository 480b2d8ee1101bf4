import { describe, expect, test } from "bun:test";
import { latin1 } from "../../testing/bytes.ts";
import {
  formatHead,
  isFieldValue,
  isHost,
  isOriginForm,
  isToken,
  listHasToken,
  splitList,
  trimBlanks,
} from "./http-token.ts";
import { UsageError } from "./usage-error.ts";

const EVERY_BYTE = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

describe("a token (RFC 9110 §5.6.2)", () => {
  test("consists of exactly the 77 characters of tchar", () => {
    const expected = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
    expect(EVERY_BYTE.filter((character) => isToken(character)).join("")).toBe(expected);
  });

  test("is not empty and ends before a line feed", () => {
    expect(isToken("")).toBe(false);
    expect(isToken("a\n")).toBe(false);
  });
});

describe("a field value (RFC 9110 §5.5)", () => {
  test("holds visible characters, obs-text, and inside it space and tab", () => {
    const inside = EVERY_BYTE.filter((character) => isFieldValue(`a${character}b`)).map((c) =>
      c.charCodeAt(0),
    );
    const expected = [
      9,
      ...Array.from({ length: 95 }, (_, i) => 32 + i),
      ...Array.from({ length: 128 }, (_, i) => 128 + i),
    ];
    expect(inside).toEqual(expected);
  });

  test.each([[""], ["a"], ["a b"], ["a\tb"]])("may be %p", (value) => {
    expect(isFieldValue(value)).toBe(true);
  });

  test.each([[" a"], ["a "], ["\ta"], [" "], ["a\r\nb"], ["a\n"], ["a\0"], ["\u0141"], ["a\u2028b"]])(
    "may not be %p",
    (value) => {
      expect(isFieldValue(value)).toBe(false);
    },
  );
});

test.each([["example.com"], ["example.com:8080"], ["[2001:db8::1]:80"], ["xn--bcher-kva.example"], ["a_b"]])(
  "%p can be a Host (RFC 9110 §7.2)",
  (value) => expect(isHost(value)).toBe(true),
);

test.each([
  [""],
  ["a b"],
  ["a, a"],
  ["a/b"],
  ["user@a"],
  ["a?b"],
  ["a#b"],
  ["a\r\nb"],
  ["a\\b"],
  ["b\u00fccher"],
])("%p cannot be a Host (RFC 9110 §7.2)", (value) => expect(isHost(value)).toBe(false));

test.each([["/"], ["/a?b=c&d"], ["//a"], ["/%0d%0a"]])("%p is an origin-form (RFC 9112 §3.2.1)", (value) =>
  expect(isOriginForm(value)).toBe(true),
);

test.each([[""], ["*"], ["a"], ["http://a/"], ["/a b"], ["/a#b"], ["/a\r\n"], ["/\u00e9"], ["/\x7f"]])(
  "%p is no origin-form (RFC 9112 §3.2.1)",
  (value) => expect(isOriginForm(value)).toBe(false),
);

test("a list gives its elements without white space and without empty ones (RFC 9110 §5.6.1.2)", () => {
  expect(splitList(" a ,\tb\t,, ,c d")).toEqual(["a", "b", "c d"]);
  expect(splitList("")).toEqual([]);
});

test("a list has a token in any case, but not as a part of another (RFC 9110 §7.6.1)", () => {
  expect(listHasToken("keep-alive, UPGRADE", "upgrade")).toBe(true);
  expect(listHasToken("xupgrade", "upgrade")).toBe(false);
  expect(listHasToken("upgrade-insecure", "upgrade")).toBe(false);
  expect(listHasToken("", "upgrade")).toBe(false);
});

test("only space and tab are trimmed (RFC 9110 §5.6.3)", () => {
  expect(trimBlanks(" \t a b\t ")).toBe("a b");
  expect(trimBlanks("\u00a0a\u00a0")).toBe("\u00a0a\u00a0");
  expect(trimBlanks(" \t ")).toBe("");
});

describe("a head", () => {
  test("is the start line, the fields in order, and an empty line, one byte a character", () => {
    const head = formatHead("GET / HTTP/1.1", [
      ["Host", "a"],
      ["X", "\u00e9"],
      ["Empty", ""],
    ]);
    expect(head).toEqual(latin1("GET / HTTP/1.1\r\nHost: a\r\nX: \u00e9\r\nEmpty: \r\n\r\n"));
  });

  test.each([
    ["a start line", "GET / HTTP/1.1\r\nX: y", [] as [string, string][]],
    ["a field name", "GET / HTTP/1.1", [["X: y\r\nZ", "a"]] as [string, string][]],
    ["a field value", "GET / HTTP/1.1", [["X", "a\r\nY: b"]] as [string, string][]],
    ["a field value with a bare line feed", "GET / HTTP/1.1", [["X", "a\nY: b"]] as [string, string][]],
    ["a field value that one byte cannot hold", "GET / HTTP/1.1", [["X", "\u010a"]] as [string, string][]],
  ])("cannot be broken by %s", (_, startLine, fields) => {
    expect(() => formatHead(startLine, fields)).toThrow(UsageError);
  });
});
