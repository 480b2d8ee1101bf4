import { describe, expect, test } from "bun:test";
import {
  createEntityTag,
  FRESH_MS,
  formatEntityTag,
  matchesStrongly,
  matchesWeakly,
  parseEntityTags,
} from "./entity-tag.ts";

const NOW = 1_800_000_000_000;
const strong = (opaque: string) => ({ isWeak: false, opaque });
const weak = (opaque: string) => ({ isWeak: true, opaque });

describe("a file's entity tag", () => {
  const file = { sizeBytes: 46, modifiedMs: NOW - FRESH_MS };
  const text = (one: typeof file, variant = "") => formatEntityTag(createEntityTag(one, variant, NOW));

  test("says its size and its time of change", () => {
    expect(text(file)).toMatch(/^"1a-[0-9a-z]+"$/);
    expect(text({ ...file, sizeBytes: 47 })).not.toBe(text(file));
    expect(text({ ...file, modifiedMs: file.modifiedMs - 1 })).not.toBe(text(file));
  });

  test("tells the forms of one file apart", () =>
    expect(text(file, "br")).toBe(`${text(file).slice(0, -1)}-br"`));

  test("is weak up to two seconds after a change and strong from then on (RFC 9110 §8.8.1)", () => {
    expect(createEntityTag(file, "", NOW).isWeak).toBe(false);
    expect(createEntityTag({ ...file, modifiedMs: file.modifiedMs + 1 }, "", NOW).isWeak).toBe(true);
    expect(text({ ...file, modifiedMs: NOW })).toStartWith('W/"');
  });
});

describe("a list of entity tags (RFC 9110 §8.8.3)", () => {
  for (const [value, tags] of [
    ['"a"', [strong('"a"')]],
    ['W/"a"', [weak('"a"')]],
    ['"a", W/"b","c"', [strong('"a"'), weak('"b"'), strong('"c"')]],
    ['"a,b", "c d"', undefined],
    ['"a,b"', [strong('"a,b"')]],
    ['""', [strong('""')]],
    [', "a",, ', [strong('"a"')]],
    ['"\xe9"', [strong('"\xe9"')]],
  ] as const) {
    test(`reads ${value}`, () => expect(parseEntityTags(value)).toEqual(tags as never));
  }

  test("may be a star", () => expect(parseEntityTags(" * ")).toBe("*"));

  for (const value of ["", "a", '"a', 'w/"a"', 'W/ "a"', '"a" "b"', '"a", *', ","]) {
    test(`is not ${JSON.stringify(value)}`, () => expect(parseEntityTags(value)).toBeUndefined());
  }

  test("is read in time that grows with its length, whatever it holds", () => {
    const started = performance.now();
    expect(parseEntityTags(`${" ,".repeat(100_000)}x`)).toBeUndefined();
    expect(parseEntityTags(" ".repeat(200_000))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test("the strong comparison wants both strong, the weak one does not care (RFC 9110 §8.8.3.2)", () => {
  const [one, same, other] = [strong('"1"'), weak('"1"'), strong('"2"')];
  expect([matchesStrongly(one, one), matchesStrongly(one, same), matchesStrongly(same, same)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([matchesWeakly(one, one), matchesWeakly(one, same), matchesWeakly(same, same)]).toEqual([
    true,
    true,
    true,
  ]);
  expect([matchesStrongly(one, other), matchesWeakly(one, other)]).toEqual([false, false]);
});
