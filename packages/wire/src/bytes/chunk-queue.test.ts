import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { concat, hex } from "../../testing/bytes.ts";
import { createChunkQueue } from "./chunk-queue.ts";

describe("a chunk queue", () => {
  test("gives chunks back in order, as the same memory", () => {
    const queue = createChunkQueue();
    const [first, second] = [hex("01 02"), hex("03")];
    queue.push(first);
    queue.push(second);
    expect(queue.peek()).toBe(first);
    expect(queue.shift()).toBe(first);
    expect(queue.shift()).toBe(second);
    expect(queue.shift()).toBeUndefined();
  });

  test("drops empty chunks", () => {
    const queue = createChunkQueue();
    queue.push(hex(""));
    expect(queue.peek()).toBeUndefined();
  });

  test("discards inside a chunk and over its end", () => {
    const queue = createChunkQueue();
    queue.push(hex("01 02"));
    queue.push(hex("03 04"));
    queue.discard(1);
    expect(queue.peek()).toEqual(hex("02"));
    queue.discard(2);
    expect(queue.peek()).toEqual(hex("04"));
    expect(queue.byteLength).toBe(1);
    queue.discard(9);
    expect(queue.byteLength).toBe(0);
    expect(queue.peek()).toBeUndefined();
  });

  test("holds nothing after clear", () => {
    const queue = createChunkQueue();
    queue.push(hex("01"));
    queue.clear();
    expect(queue.byteLength).toBe(0);
    expect(queue.shift()).toBeUndefined();
  });

  test("takes a time in proportion to its chunks: 200,000 pass within seconds, not hours", () => {
    const queue = createChunkQueue();
    const chunk = hex("00");
    for (let index = 0; index < 200_000; index += 1) queue.push(chunk);
    let taken = 0;
    while (queue.shift() !== undefined) {
      taken += 1;
      // Kept long by what comes in, so that the array never empties on the way.
      if (taken < 200_000) queue.push(chunk);
      if (taken === 400_000) break;
    }
    expect(queue.byteLength + taken).toBe(399_999);
  });
});

test("behaves like one run of bytes under any commands", () => {
  const command = fc.oneof(
    fc.record({ push: fc.uint8Array({ maxLength: 4 }) }),
    fc.record({ discard: fc.nat(6) }),
    fc.constant("shift" as const),
  );
  fc.assert(
    fc.property(fc.array(command, { size: "large", maxLength: 300 }), (commands) => {
      const queue = createChunkQueue();
      let model = new Uint8Array(0);
      for (const step of commands) {
        if (step === "shift") {
          const chunk = queue.shift();
          expect(chunk ?? new Uint8Array(0)).toEqual(model.slice(0, chunk?.length ?? 0));
          expect(chunk === undefined).toBe(model.length === 0);
          model = model.slice(chunk?.length ?? 0);
        } else if ("push" in step) {
          queue.push(step.push);
          model = concat(model, step.push);
        } else {
          queue.discard(step.discard);
          model = model.slice(step.discard);
        }
        if (queue.byteLength !== model.length) return false;
      }
      return true;
    }),
  );
});
