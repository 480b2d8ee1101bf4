import { describe, expect, test } from "bun:test";
import { mediaTypeOf } from "./media-types.ts";

describe("a media type", () => {
  for (const [name, type] of [
    ["index.html", "text/html; charset=utf-8"],
    ["app.js", "text/javascript; charset=utf-8"],
    ["app.min.mjs", "text/javascript; charset=utf-8"],
    ["a.svg", "image/svg+xml; charset=utf-8"],
    ["data.json", "application/json"],
    ["x.wasm", "application/wasm"],
    ["PHOTO.JPG", "image/jpeg"],
    ["archive.tar.gz", "application/gzip"],
  ] as const) {
    test(`of ${name} is ${type}`, () => expect(mediaTypeOf(name, {})).toBe(type));
  }

  for (const name of ["README", "a.", ".html", "a.unknown", "a.constructor", "a.__proto__", ""]) {
    test(`of ${JSON.stringify(name)} is unknown: bytes`, () =>
      expect(mediaTypeOf(name, {})).toBe("application/octet-stream"));
  }

  test("is the operator's own where there is one, as it was written", () => {
    expect(mediaTypeOf("a.Html", { html: "text/x" })).toBe("text/x");
    expect(mediaTypeOf("a.foo", { foo: "application/foo" })).toBe("application/foo");
  });
});
