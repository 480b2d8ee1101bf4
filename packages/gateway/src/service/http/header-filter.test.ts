import { describe, expect, test } from "bun:test";
import { cleanValue, endToEndFields, type Field } from "./header-filter.ts";

const left = (...fields: Field[]) => endToEndFields(fields).map(([name]) => name);

describe("end-to-end fields (RFC 9110 §7.6.1)", () => {
  for (const name of [
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "HTTP2-Settings",
    "Expect",
    "Proxy-Authorization",
    "Proxy-Authenticate",
  ]) {
    test(`are without ${name}, in any case`, () => {
      expect(left([name, "x"], ["Accept", "y"])).toEqual(["Accept"]);
      expect(left([name.toLowerCase(), "x"])).toEqual([]);
    });
  }

  test("are without what Connection names, in any case, and however it is repeated", () => {
    const fields: Field[] = [
      ["X-One", "1"],
      ["connection", "close, x-ONE"],
      ["x-two", "2"],
      ["Connection", ",\tX-Two ,"],
      ["X-Three", "3"],
    ];
    expect(endToEndFields(fields)).toEqual([["X-Three", "3"]]);
  });

  test("keep Host and Content-Length, whatever Connection says", () => {
    expect(left(["Connection", "host, content-length"], ["Host", "a"], ["Content-Length", "1"])).toEqual([
      "Host",
      "Content-Length",
    ]);
  });

  test("keep repeated fields apart and in order", () => {
    const fields: Field[] = [
      ["Set-Cookie", "a=1"],
      ["X", "y"],
      ["Set-Cookie", "b=2, c"],
    ];
    expect(endToEndFields(fields)).toEqual(fields);
  });
});

test("control characters in a value become spaces, tabs and upper bytes stay (RFC 9110 §5.5)", () => {
  expect(cleanValue("a\u0000b\u0001c\u007fd\r\ne\tf\u00e9\u00ff")).toBe("a b c d  e\tf\u00e9\u00ff");
  expect(cleanValue("\u20ac")).toBe(" ");
});
