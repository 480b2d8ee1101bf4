import { describe, expect, test } from "bun:test";
import { formatHttpDate, parseHttpDate } from "./http-date.ts";

const NOW = Date.UTC(2026, 0, 1);
const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("an HTTP date (RFC 9110 §5.6.7)", () => {
  for (const text of [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ]) {
    test(`is read as ${text}`, () => expect(parseHttpDate(text, NOW)).toBe(EXAMPLE));
  }

  test("with two digits lies at most 50 years ahead", () => {
    expect(parseHttpDate("Tuesday, 01-Jan-76 00:00:00 GMT", NOW)).toBe(Date.UTC(2076, 0, 1));
    expect(parseHttpDate("Tuesday, 01-Jan-77 00:00:00 GMT", NOW)).toBe(Date.UTC(1977, 0, 1));
  });

  test("may have a leap second, and a leap day in a leap year only", () => {
    expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", NOW)).toBe(Date.UTC(2016, 11, 31, 23, 59, 59));
    expect(parseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT", NOW)).toBe(Date.UTC(2024, 1, 29));
    expect(parseHttpDate("Wed, 29 Feb 2023 00:00:00 GMT", NOW)).toBeUndefined();
  });

  test("may have a year below 100", () => {
    expect(formatHttpDate(parseHttpDate("Sat, 01 Jan 0099 00:00:00 GMT", NOW) ?? 0)).toContain(" 0099 ");
  });

  for (const text of [
    "",
    "0",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    '"abc"',
  ]) {
    test(`is not ${JSON.stringify(text)}`, () => expect(parseHttpDate(text, NOW)).toBeUndefined());
  }

  test("is written without milliseconds", () => {
    expect(formatHttpDate(EXAMPLE + 999)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  });
});
