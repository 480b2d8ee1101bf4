import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { describeIssues, list, unknownKey } from "./issues.ts";
import { bytes } from "./scalars.ts";
import { parseInput, type Schema } from "./schema-shape.ts";
import { formatPath } from "./source.ts";

function describeInput(schema: Schema, input: unknown): readonly string[] {
  const result = parseInput(schema, input);
  return describeIssues(result.error?.issues ?? [], schema, ["base"]).map(
    ({ path, message, suggestion }) =>
      `${formatPath(path)}: ${message}${suggestion === undefined ? "" : `; ${suggestion}`}`,
  );
}

const certificate = z.strictObject({ file: z.string(), key: z.string() });

test.each([
  [z.string(), undefined, "is missing"],
  [z.string(), 1, "must be a text"],
  [z.number(), "1", "must be a number"],
  [z.int(), 1.5, "must be a whole number"],
  [z.boolean(), "yes", "must be `true` or `false`"],
  [z.array(z.string()), "x", "must be a list"],
  [z.strictObject({}), [], "must be a map of keys"],
  [z.record(z.string(), z.string()), 1, "must be a map of keys"],
  [z.int().min(3), 2, "must be at least 3"],
  [z.int().max(3), 4, "must be at most 3"],
  [z.number().positive(), 0, "must be more than 0"],
  [z.number().lt(3), 3, "must be less than 3"],
  [z.number().multipleOf(5), 3, "must be a multiple of 5"],
  [z.array(z.int()).min(1), [], "must have at least 1 entry"],
  [z.string().max(2), "abc", "must have at most 2 characters"],
  [z.enum(["debug", "info"]), "other", "must be one of `debug`, `info`"],
  [z.enum(["debug", "info"]), "debugg", "must be one of `debug`, `info`; did you mean `debug`?"],
  [z.literal("off"), "on", "must be `off`"],
  [z.string().regex(/^a/), "b", "is not valid"],
  [z.string().regex(/^a/, { error: "must begin with a" }), "b", "must begin with a"],
  [z.union([z.int().min(1), z.literal("auto")]), "many", "must be a number or `auto`"],
  [z.union([z.int().min(1), z.literal("auto")]), 0, "must be at least 1"],
  [z.union([z.int().min(1), z.literal("auto")]), undefined, "is missing"],
  [
    z.union([bytes(), z.literal("off")]),
    "5 kib",
    "has an unknown unit `kib`; did you mean `5 KiB`? Or write `off`",
  ],
  [
    z.union([bytes(), z.literal("off")]),
    5,
    "has no unit; write for example `64 KiB`, `1 MB` or `512 B`, or write `off`",
  ],
  [z.union([z.string(), certificate]), 5, "must be a text or a map of keys"],
] as [Schema, unknown, string][])("wording %#", (schema, input, message) => {
  expect(describeInput(schema, input)).toEqual([`base: ${message}`]);
});

describe("of several alternatives the one that was meant is judged", () => {
  test("a map", () => {
    expect(describeInput(z.union([z.string(), certificate]), { file: 1, kee: "x" })).toEqual([
      "base.file: must be a text",
      "base.kee: unknown key; did you mean `key`?",
    ]);
  });

  test("a list of maps", () => {
    expect(describeInput(z.union([certificate, z.array(certificate)]), [{ file: "a", key: 1 }])).toEqual([
      "base[0].key: must be a text",
    ]);
  });

  test("one in another", () => {
    const schema = z.strictObject({
      a: z.union([z.string(), z.strictObject({ b: z.union([z.int(), certificate]) })]),
    });
    expect(describeInput(schema, { a: { b: { file: "x", key: "y", fil: 1 } } })).toEqual([
      "base.a.b.fil: unknown key; did you mean `file`?",
    ]);
  });
});

test("a record's key is judged too", () => {
  expect(
    describeInput(z.record(z.string().regex(/^x/, { error: "must begin with x" }), z.int()), { y: 1 }),
  ).toEqual(["base.y: must begin with x"]);
});

test("messages of the author stand as they are, with their path", () => {
  const schema = z.strictObject({ a: z.int(), b: z.int() }).superRefine(({ a, b }, context) => {
    if (a > b) context.addIssue({ code: "custom", path: ["a"], message: "is more than `b`" });
  });
  expect(describeInput(schema, { a: 2, b: 1 })).toEqual(["base.a: is more than `b`"]);
});

test("no message repeats a value, which may be a secret", () => {
  const schema = z.strictObject({
    a: z.enum(["x"]),
    b: z.int(),
    c: z.union([z.int(), z.literal("off")]),
    d: z.string().max(3),
  });
  expect(
    describeInput(schema, { a: "hunter2", b: "hunter2", c: "hunter2", d: "hunter2" }).join(),
  ).not.toContain("hunter2");
});

describe("an unknown key", () => {
  test("has the nearest name, or all of them", () => {
    expect(unknownKey(["a", "conect"], ["connect", "mode"]).suggestion).toBe("did you mean `connect`?");
    expect(unknownKey(["a", "zzz"], ["connect", "mode"]).suggestion).toBe("known are `connect`, `mode`");
    expect(unknownKey(["a", "zzz"], [])).toEqual({ path: ["a", "zzz"], at: "key", message: "unknown key" });
  });

  test("does not bring the whole reference", () => {
    const names = Array.from({ length: 13 }, (_, index) => `n${index}`);
    expect(list(names.slice(1)).endsWith("`n12`")).toBe(true);
    expect(list(names).endsWith("`n11`, …")).toBe(true);
  });
});
