import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const SOURCE = join(import.meta.dir, "src");
const FILES = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));

/** What only a host has, and what makes two runs differ: all of it belongs to the caller. */
const IMPURE =
  /\b(?:Bun|Deno|process|Buffer|require|globalThis|window|self|Date|performance|crypto|console|fetch|WebSocket|Worker|Intl|localStorage|navigator|setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame|async|await|Promise|eval)\b|\bMath\.random\b|\bimport\.meta\b|\bimport\(/;

/** Without comments, which may speak of anything, and without the text of strings. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, '""');
}

test("the sources were found, and the check sees what it forbids", () => {
  expect(FILES.length).toBeGreaterThan(25);
  expect(codeOf('const now = Date.now(); // "pure"')).toMatch(IMPURE);
  expect(codeOf("const noise = Math.random();")).toMatch(IMPURE);
  expect(codeOf('log("console"); // Date')).not.toMatch(IMPURE);
});

test.each(FILES)("$name uses no clock, randomness, IO or host", ({ text }) => {
  expect(codeOf(text).match(IMPURE)).toBeNull();
});

test.each(FILES)("$name imports nothing but files of this package", ({ name, text }) => {
  for (const [, specifier = ""] of text.matchAll(/\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm)) {
    expect(specifier).toMatch(/^\.\.?\//);
    expect(relative(SOURCE, join(SOURCE, dirname(name), specifier))).not.toMatch(/^\.\./);
  }
});

test.each(FILES.filter(({ name }) => name.startsWith("bytes/")))(
  "$name depends on no protocol",
  ({ text }) => {
    expect(text).not.toMatch(/from "\.\.\//);
  },
);

test.each(FILES)("$name says in its first line what it is", ({ text }) => {
  expect(text).toMatch(/^\/\/ \S/);
});
