import { expect, test } from "bun:test";
import { formatPath, isRecord } from "./source.ts";

test("a path reads like the file", () => {
  expect(formatPath([])).toBe("");
  expect(formatPath(["services", "/mqtt", "connect"])).toBe("services./mqtt.connect");
  expect(formatPath(["listen", 1, "tls", 0, "key"])).toBe("listen[1].tls[0].key");
  expect(formatPath(["headers", "a b"])).toBe('headers."a b"');
});

test("a map is neither a list nor empty", () => {
  expect(isRecord({})).toBe(true);
  expect(isRecord(Object.create(null))).toBe(true);
  expect([null, [], "x", 1].some(isRecord)).toBe(false);
});
