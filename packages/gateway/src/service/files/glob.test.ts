import { describe, expect, test } from "bun:test";
import { createGlob, findGlobProblem } from "./glob.ts";

describe("a pattern", () => {
  const table: [string, readonly string[], readonly string[]][] = [
    ["*.html", ["index.html", "a/b/c.html", ".html"], ["index.htm", "html", "a.html/b"]],
    ["index.html", ["index.html", "a/index.html"], ["index_html", "xindex.html"]],
    ["assets/*", ["assets/a.js"], ["assets/a/b.js", "x/assets/a.js", "assets"]],
    ["assets/**", ["assets/a.js", "assets/a/b.js", "assets"], ["assetsx/a"]],
    ["**/*.js", ["a.js", "x/y/a.js"], ["a.css"]],
    ["a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["a/bz", "z", "a/b/z/c"]],
    ["a?c", ["abc", "x/a-c", "a😀c"], ["ac", "abbc", "a/c"]],
    ["*-*.*", ["app-123.js", "a-b-c.d.e"], ["app.js", "app-123"]],
    ["**", ["a", "a/b"], []],
    ["(a|b)+.[js]", ["(a|b)+.[js]"], ["a.j", "aa.s"]],
    ["a/*b*c/d", ["a/xbyc/d", "a/bc/d"], ["a/b/c/d", "a/xb/d"]],
  ];
  for (const [pattern, hits, misses] of table) {
    for (const path of hits)
      test(`${pattern} matches ${path}`, () => expect(createGlob(pattern).matches(path)).toBe(true));
    for (const path of misses) {
      test(`${pattern} does not match ${path}`, () => expect(createGlob(pattern).matches(path)).toBe(false));
    }
  }

  test("is matched in little time, however it is made", () => {
    const started = performance.now();
    expect(createGlob(`${"*a".repeat(500)}b`).matches("a".repeat(2000))).toBe(false);
    expect(createGlob(`${"**/a/".repeat(200)}b`).matches("a/".repeat(500))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  for (const pattern of ["", "/a", "a//b", "a/", "a**", "**.js", "x/**b/c"]) {
    test(`${JSON.stringify(pattern)} is refused with a reason`, () =>
      expect(findGlobProblem(pattern)).toBeString());
  }
  test("with a reason for none is taken", () => expect(findGlobProblem("assets/**/*.js")).toBeUndefined());
});
