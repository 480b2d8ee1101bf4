import { describe, expect, test } from "bun:test";
import { isRangeWanted, judgeConditions } from "./conditions.ts";

const NOW = Date.UTC(2026, 0, 2);
const MODIFIED = Date.UTC(2026, 0, 1);
const BEFORE = "Wed, 31 Dec 2025 23:59:59 GMT";
const SAME = "Thu, 01 Jan 2026 00:00:00 GMT";
const AFTER = "Thu, 01 Jan 2026 00:00:01 GMT";

const file = { tag: { isWeak: false, opaque: '"x"' }, lastModifiedMs: MODIFIED };
const weakFile = { ...file, tag: { isWeak: true, opaque: '"x"' } };
const judge = (headers: Record<string, string>, one = file) =>
  judgeConditions(new Headers(headers), one, NOW);

describe("conditions (RFC 9110 §13.2.2)", () => {
  const table: [string, Record<string, string>, string][] = [
    ["none", {}, "proceed"],
    ["If-Match that holds", { "if-match": '"y", "x"' }, "proceed"],
    ["If-Match that does not", { "if-match": '"y"' }, "failed"],
    ["If-Match with a weak tag, which never matches strongly", { "if-match": 'W/"x"' }, "failed"],
    ["If-Match: *", { "if-match": "*" }, "proceed"],
    ["If-Match that cannot be read", { "if-match": "x" }, "failed"],
    ["If-Unmodified-Since a later time", { "if-unmodified-since": AFTER }, "proceed"],
    ["If-Unmodified-Since that very time", { "if-unmodified-since": SAME }, "proceed"],
    ["If-Unmodified-Since an earlier time", { "if-unmodified-since": BEFORE }, "failed"],
    ["If-Unmodified-Since that is no date", { "if-unmodified-since": "yesterday" }, "proceed"],
    ["If-Match before If-Unmodified-Since", { "if-match": '"x"', "if-unmodified-since": BEFORE }, "proceed"],
    ["If-None-Match that matches", { "if-none-match": '"y", "x"' }, "unchanged"],
    ["If-None-Match with a weak tag", { "if-none-match": 'W/"x"' }, "unchanged"],
    ["If-None-Match that does not match", { "if-none-match": '"y"' }, "proceed"],
    ["If-None-Match: *", { "if-none-match": "*" }, "unchanged"],
    ["If-None-Match that cannot be read", { "if-none-match": "x" }, "proceed"],
    ["If-Modified-Since an earlier time", { "if-modified-since": BEFORE }, "proceed"],
    ["If-Modified-Since that very time", { "if-modified-since": SAME }, "unchanged"],
    ["If-Modified-Since a later time", { "if-modified-since": AFTER }, "unchanged"],
    ["If-Modified-Since that is no date", { "if-modified-since": "0" }, "proceed"],
    [
      "If-None-Match before If-Modified-Since",
      { "if-none-match": '"y"', "if-modified-since": AFTER },
      "proceed",
    ],
    ["If-Match that fails before If-None-Match", { "if-match": '"y"', "if-none-match": '"x"' }, "failed"],
    ["If-Match that holds, then If-None-Match", { "if-match": '"x"', "if-none-match": '"x"' }, "unchanged"],
  ];
  for (const [name, headers, verdict] of table) {
    test(`${name}: ${verdict}`, () => expect(judge(headers)).toBe(verdict as never));
  }

  test("against a weak tag: If-Match fails, If-None-Match matches", () => {
    expect(judge({ "if-match": '"x"' }, weakFile)).toBe("failed");
    expect(judge({ "if-none-match": '"x"' }, weakFile)).toBe("unchanged");
  });
});

describe("If-Range (RFC 9110 §13.1.5)", () => {
  const wanted = (value: string | undefined, one = file, nowMs = NOW) =>
    isRangeWanted(new Headers(value === undefined ? {} : { "if-range": value }), one, nowMs);

  test("absent, the range is wanted", () => expect(wanted(undefined)).toBe(true));
  test("with the file's tag, it is", () => expect(wanted('"x"')).toBe(true));
  test("with another, a weak one or several, it is not", () => {
    expect([wanted('"y"'), wanted('W/"x"'), wanted('"x", "y"'), wanted("*")]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(wanted('"x"', weakFile)).toBe(false);
  });
  test("with exactly the file's date, it is", () => {
    expect([wanted(BEFORE), wanted(SAME), wanted(AFTER), wanted("never")]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });
  test("a date is no validator until two seconds have passed since (§8.8.2.2)", () => {
    expect(wanted(SAME, file, MODIFIED + 1999)).toBe(false);
    expect(wanted(SAME, file, MODIFIED + 2000)).toBe(true);
  });
});
