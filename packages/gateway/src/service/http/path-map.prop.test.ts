import { expect, test } from "bun:test";
import { isFieldValue } from "@sluice/wire/bytes";
import fc from "fast-check";
import { mapPath } from "./path-map.ts";

const piece = fc.oneof(
  fc.constantFrom(
    "/",
    "//",
    ".",
    "..",
    "%2e",
    "%2E",
    "%2f",
    "%5c",
    "\\",
    "%00",
    "%25",
    ";",
    "a",
    " ",
    "#",
    "?",
  ),
  fc.string({ maxLength: 6 }),
);
const hostile = fc.array(piece, { maxLength: 24 }).map((pieces) => `/app${pieces.join("")}`);
const mapping = { servicePath: "/app", backendPath: "/base" };

/** What a server makes of a path that resolves dot segments; it may decode first. */
function resolved(target: string, decodings: number): string {
  let path = target.split("?", 1)[0] ?? "";
  for (let round = 0; round < decodings; round++)
    path = path.replace(/%(2e|2f|5c|25)/gi, (one) => decodeURIComponent(one));
  return new URL(`http://back.example${path.replaceAll("?", "%3F").replaceAll("#", "%23")}`).pathname;
}

test("any path is mapped below the prefix, as its receiver understands it, or not at all", () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 0, max: 3 }), (path, decodings) => {
      const target = mapPath(path, "", mapping);
      if (target === undefined) return;
      expect(`${resolved(target, decodings)}/`).toStartWith("/base/");
    }),
    { numRuns: 2000 },
  );
});

test("any path and query give one token of a request line", () => {
  fc.assert(
    fc.property(
      hostile,
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
      (path, query) => {
        const target = mapPath(path, query, mapping);
        if (target === undefined) return;
        expect(isFieldValue(target)).toBe(true);
        expect(target).not.toMatch(/[\s#]/);
        expect(target).toStartWith("/base");
      },
    ),
  );
});
