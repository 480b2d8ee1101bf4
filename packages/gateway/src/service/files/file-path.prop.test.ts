import { describe, expect, test } from "bun:test";
import { isAbsolute, join, relative } from "node:path";
import fc from "fast-check";
import { formatFolderPath, resolveFilePath } from "./file-path.ts";

/** Pieces that attacks are made of, in any order, between anything else. */
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
    "\0",
    "%25",
    "%c0%ae",
    "%",
    "~",
  ),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((codes) => String.fromCharCode(...codes)),
);
const hostile = fc.array(piece, { maxLength: 30 }).map((pieces) => `/${pieces.join("")}`);
const root = "/srv/www";

describe("any string", () => {
  test("stays inside the served folder", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom("deny" as const, "allow" as const), (path, dotfiles) => {
        const resolved = resolveFilePath(path, "/", dotfiles);
        if (resolved === undefined) return;
        const way = relative(root, join(root, ...resolved.names));
        expect(isAbsolute(way)).toBe(false);
        expect(way.split("/")).not.toContain("..");
        // What the system would make of it is what was judged, name by name.
        expect(way).toBe(resolved.names.join("/"));
        expect(way.includes("\0")).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test("that is a file gives a folder path which leads back to the same names and never to another host", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom("/", "/docs"), (path, service) => {
        const resolved = resolveFilePath(service === "/" ? path : `${service}${path}`, service, "allow");
        if (resolved === undefined) return;
        const location = formatFolderPath(service, resolved.names);
        expect(location.startsWith("//")).toBe(false);
        expect(new URL(location, "http://gateway.example").origin).toBe("http://gateway.example");
        expect(resolveFilePath(location, service, "allow")).toEqual({
          names: resolved.names,
          isFolder: true,
        });
      }),
      { numRuns: 2000 },
    );
  });
});
