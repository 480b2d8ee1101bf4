import { expect, test } from "bun:test";
import { fillRandom } from "../host/random-bytes.ts";
import { createMaskSource } from "./websocket-masks.ts";

test("gives every four bytes of what was drawn once, and draws again when they are used up", () => {
  let draws = 0;
  const masks = createMaskSource((bytes) => {
    draws++;
    for (let i = 0; i < bytes.length; i++) bytes[i] = (draws * 131 + i * 7 + (i >> 8)) & 255;
  });
  expect(draws).toBe(0);
  expect([...masks.next()]).toEqual([131, 138, 145, 152]);
  for (let i = 1; i < 1024; i++) masks.next();
  expect(draws).toBe(1);
  expect([...masks.next()]).toEqual([6, 13, 20, 27]);
  expect(draws).toBe(2);
});

test("does not repeat itself with the host's randomness", () => {
  const masks = createMaskSource(fillRandom);
  const seen = new Set<string>();
  for (let i = 0; i < 5000; i++) seen.add(masks.next().join());
  // 5,000 of 2^32: one repeat in 340 runs by chance, three in none.
  expect(seen.size).toBeGreaterThan(4997);
});
