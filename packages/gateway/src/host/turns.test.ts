import { expect, test } from "bun:test";
import { createTurns } from "./turns.ts";

test("a turn has one number until its end, when its tasks run in order", async () => {
  const turns = createTurns();
  const first = turns.enter();
  expect(turns.enter()).toBe(first);
  const seen: string[] = [];
  turns.atEnd(() => seen.push("a"));
  turns.atEnd(() => seen.push("b"));
  expect(seen).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual(["a", "b"]);
  expect(turns.enter()).not.toBe(first);
});
