import { describe, expect, test } from "bun:test";
import { filesOptions } from "./options.ts";

function problems(options: object): string[] {
  const result = filesOptions.safeParse({ directory: "web", ...options });
  return result.success ? [] : result.error.issues.map(({ path }) => path.join("."));
}

describe("options of files", () => {
  test("need a directory and nothing else", () => {
    expect(filesOptions.safeParse({}).success).toBe(false);
    expect(filesOptions.parse({ directory: "web" })).toEqual({
      directory: "web",
      index: ["index.html"],
      listing: false,
      cacheControl: [],
      precompressed: false,
      symlinks: "restricted",
      dotfiles: "deny",
      types: {},
      headers: {},
    });
  });

  test("take one index name, several or none", () => {
    expect(filesOptions.parse({ directory: "web", index: "a.htm" }).index).toEqual(["a.htm"]);
    expect(filesOptions.parse({ directory: "web", index: ["a", "b"] }).index).toEqual(["a", "b"]);
    expect(filesOptions.parse({ directory: "web", index: [] }).index).toEqual([]);
  });

  test("take extensions in any case", () => {
    expect(filesOptions.parse({ directory: "web", types: { GLTF: "model/x" } }).types).toEqual({
      gltf: "model/x",
    });
  });

  test("take what they describe", () => {
    expect(
      problems({
        fallback: "app/index.html",
        cacheControl: [{ pattern: "assets/**", value: "public, max-age=modified+1d" }],
        types: { gltf: "model/gltf+json", csv: "text/csv; charset=iso-8859-1" },
        headers: { "Content-Security-Policy": "default-src 'self'" },
      }),
    ).toEqual([]);
  });

  for (const [options, path] of [
    [{ directory: "" }, "directory"],
    [{ directory: "a\0b" }, "directory"],
    [{ index: "a/b" }, "index"],
    [{ index: [".."] }, "index.0"],
    [{ fallback: "../x" }, "fallback"],
    [{ fallback: "a/" }, "fallback"],
    [{ fallback: "" }, "fallback"],
    [{ cacheControl: [{ pattern: "/a", value: "no-cache" }] }, "cacheControl.0.pattern"],
    [{ cacheControl: [{ pattern: "a", value: "no\ncache" }] }, "cacheControl.0.value"],
    [{ types: { ".gltf": "model/gltf+json" } }, "types..gltf"],
    [{ types: { gltf: "model" } }, "types.gltf"],
    [{ types: { gltf: "model/x\r\nX: y" } }, "types.gltf"],
    [{ headers: { ETag: "x" } }, "headers.ETag"],
    [{ headers: { "a b": "x" } }, "headers.a b"],
    [{ headers: { a: "x\ny" } }, "headers.a"],
    [{ symlinks: "yes" }, "symlinks"],
    [{ unknown: 1 }, ""],
  ] as const) {
    test(`refuse ${JSON.stringify(options)}`, () => {
      const found = problems(options);
      // A choice of several forms reports the choice, not the form.
      expect(found.some((one) => one === path || path.startsWith(`${one}.`))).toBe(true);
    });
  }
});
