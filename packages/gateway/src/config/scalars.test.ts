import { describe, expect, test } from "bun:test";
import type { z } from "zod";
import { markOf } from "./marks.ts";
import { bytes, durationMs, filePath, rate, secret } from "./scalars.ts";

function messageOf(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value).error?.issues[0]?.message;
}

test("give bytes, milliseconds and bytes per second", () => {
  expect(bytes().parse("64 KiB")).toBe(65_536);
  expect(durationMs().parse("30s")).toBe(30_000);
  expect(rate().parse("1 MB/s")).toBe(1_000_000);
});

test("a bare number has no unit", () => {
  expect(messageOf(bytes(), 65_536)).toBe("has no unit; write for example `64 KiB`, `1 MB` or `512 B`");
  expect(messageOf(durationMs(), 0)).toBe("has no unit; write for example `500ms`, `30s` or `5m`");
});

test("another kind of value is told what it should be", () => {
  expect(messageOf(rate(), true)).toBe("must be a rate, such as `2 MB/s`, `64 KiB/s` or `unlimited`");
});

describe("a range", () => {
  test("bites exactly at its edges", () => {
    const size = bytes({ min: 10, max: 20 });
    expect(size.parse("10 B")).toBe(10);
    expect(size.parse("20 B")).toBe(20);
    expect(messageOf(size, "9 B")).toBe("is less than 10 B");
    expect(messageOf(size, "21 B")).toBe("is more than 20 B");
  });

  test("with a greatest value refuses `unlimited`", () => {
    expect(durationMs({ min: 1 }).parse("unlimited")).toBe(Number.POSITIVE_INFINITY);
    expect(messageOf(durationMs({ max: 1000 }), "unlimited")).toBe("is more than 1s");
  });

  test("stands in the mark, for the reference", () => {
    expect(markOf(bytes({ min: 10 }))).toEqual({ kind: "bytes", min: 10 });
  });
});

test("a file has a name without NUL, a secret is not empty", () => {
  expect(filePath().parse("a/b")).toBe("a/b");
  expect(messageOf(filePath(), "")).toBe("is empty; write the path of a file or folder");
  expect(messageOf(filePath(), "a\0b")).toBe("holds a NUL character");
  expect(messageOf(secret(), "")).toBe("is empty; is the environment variable set?");
});

test("marks are found on the schema itself, whatever is said of it later", () => {
  expect(markOf(secret())).toEqual({ kind: "secret" });
  expect(markOf(filePath().describe("A file."))).toEqual({ kind: "file" });
});
