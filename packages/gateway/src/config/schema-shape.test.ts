import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { marked } from "./marks.ts";
import { bytes, filePath } from "./scalars.ts";
import { coreOf, innerOf, keysAt, type Leaf, mapInput, parseInput, shapeOf } from "./schema-shape.ts";

describe("the core of a schema", () => {
  test("is found below what wraps it, with the outermost default and mark", () => {
    const inner = z.string();
    for (const wrapped of [
      inner.optional(),
      inner.nullable(),
      inner.readonly(),
      inner.describe("x").default("x"),
      inner.prefault("x"),
      inner.catch("x"),
      inner.transform(Number),
      z.preprocess(String, inner),
      z.lazy(() => inner),
    ]) {
      expect(coreOf(wrapped).schema._zod.def.type).toBe("string");
    }
    expect(coreOf(bytes().prefault("1 B").describe("x").optional())).toMatchObject({
      mark: { kind: "bytes" },
      fallback: { value: "1 B" },
      isOptional: true,
    });
    expect(coreOf(inner.default("a").default("b")).fallback).toEqual({ value: "b" });
    expect(coreOf(marked(filePath().optional(), { kind: "secret" })).mark).toEqual({ kind: "secret" });
    expect(coreOf(inner)).toMatchObject({ mark: undefined, fallback: undefined, isOptional: false });
  });
});

describe("keys", () => {
  const schema = z.strictObject({
    a: z.array(z.union([z.string(), z.strictObject({ b: z.string() }), z.strictObject({ c: z.string() })])),
    d: z.record(z.string(), z.strictObject({ e: z.string() }).optional()).prefault({}),
    t: z.tuple([z.strictObject({ f: z.string() })], z.strictObject({ g: z.string() })),
  });

  test.each([
    [[], ["a", "d", "t"]],
    [
      ["a", 3],
      ["b", "c"],
    ],
    [["d", "any"], ["e"]],
    [["t", 0], ["f"]],
    [["t", 5], ["g"]],
    [["none", 1], []],
    [["a", 3, "b", "x"], []],
  ])("at %p", (path, keys) => {
    expect(keysAt(schema, path)).toEqual(keys);
  });

  test("of what is no map are none", () => {
    expect(shapeOf(z.string())).toEqual({});
    expect(innerOf(z.string(), "a")).toBeUndefined();
    expect(innerOf(schema, "constructor")).toBeUndefined();
  });
});

describe("a walk along a schema and its input", () => {
  const schema = z.strictObject({
    file: filePath().optional(),
    list: z.array(z.int()).optional(),
    map: z.record(z.string(), filePath()).optional(),
    either: z.union([z.int(), z.strictObject({ file: filePath() }), z.literal("off")]).optional(),
    inner: z.strictObject({ x: z.int().default(1), y: z.string().optional() }).prefault({}),
    empty: z.string().nullable().optional(),
  });
  const kinds = ({ value, path, mark, kind }: Leaf) =>
    `${path.join("/")}=${String(value)}:${mark?.kind ?? kind}`;
  const walk = (value: unknown, mapLeaf: (leaf: Leaf) => unknown = kinds, isFilling = false) =>
    mapInput(schema, value, [], { isFilling, mapLeaf });

  test("meets every leaf with its path, mark and kind", () => {
    expect(walk({ file: "a", list: [1, 2], map: { k: "v" } })).toEqual({
      file: "file=a:file",
      list: ["list/0=1:number", "list/1=2:number"],
      map: { k: "map/k=v:file" },
    });
  });

  test("takes the alternative that fits what it makes of the value", () => {
    const upper = ({ value, kind }: Leaf) => (kind === "number" ? Number(value) : `/${value}`);
    expect(walk({ either: "5" }, upper)).toEqual({ either: 5 });
    expect(walk({ either: { file: "a" } }, upper)).toEqual({ either: { file: "/a" } });
    expect(walk({ either: { file: 1, unknown: 2 } }, ({ value }) => value)).toEqual({
      either: { file: 1, unknown: 2 },
    });
    expect(walk({ either: true }, ({ value }) => value)).toEqual({ either: true });
  });

  test("leaves what does not fit as it is", () => {
    expect(walk({ unknown: 1, inner: 5, list: "x" }, ({ value }) => value)).toEqual({
      inner: 5,
      list: "x",
      unknown: 1,
    });
    expect(walk("x")).toBe("=x:object");
  });

  test("takes an empty value for an absent one, unless the schema wants it", () => {
    expect(walk({ file: null, inner: null, empty: null }, ({ value }) => value)).toEqual({ empty: null });
  });

  test("fills defaults in where it shall", () => {
    expect(walk({ file: null }, ({ value }) => value, true)).toEqual({ inner: { x: 1 } });
    expect(walk({ inner: { y: "z" } }, ({ value }) => value, true)).toEqual({ inner: { x: 1, y: "z" } });
  });
});

test("issues without a message of the author come without one", () => {
  const result = parseInput(z.strictObject({ a: z.string(), b: z.string({ error: "is odd" }) }), {
    a: 1,
    b: 2,
  });
  expect(result.error?.issues.map(({ message }) => message)).toEqual(["", "is odd"]);
});
