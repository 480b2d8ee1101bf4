import { expect, test } from "bun:test";
import { matchesName } from "./name-pattern.ts";

test.each([
  ["a.example", "a.example", true],
  ["a.example", "b.a.example", false],
  ["*.a.example", "b.a.example", true],
  ["*.a.example", "c.b.a.example", true],
  ["*.a.example", "a.example", false],
  ["*.a.example", ".a.example", false],
  ["*.a.example", "xa.example", false],
  ["*", "anything", true],
])("%s matches %s: %p", (pattern, name, expected) => {
  expect(matchesName(pattern, name)).toBe(expected);
});
