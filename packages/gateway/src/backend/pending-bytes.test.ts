import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PendingBytes } from "./pending-bytes.ts";

describe("pending bytes", () => {
  test("come out in the order they went in, however they are cut on both sides", () => {
    const pieces = fc.array(
      fc.record({ push: fc.uint8Array({ maxLength: 40_000 }), take: fc.nat({ max: 50_000 }) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (steps) => {
        const pending = new PendingBytes();
        const pushed: number[] = [];
        const taken: number[] = [];
        for (const { push, take } of steps) {
          pending.push(push);
          for (const byte of push) pushed.push(byte);
          let left = take;
          pending.drainInto((bytes) => {
            const part = bytes.subarray(0, left);
            for (const byte of part) taken.push(byte);
            left -= part.length;
            return part.length;
          });
          expect(pending.length).toBe(pushed.length - taken.length);
        }
        pending.drainInto((bytes) => {
          for (const byte of bytes) taken.push(byte);
          return bytes.length;
        });
        expect(Buffer.from(taken).equals(Buffer.from(pushed))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("keep nothing of the caller's memory", () => {
    const pending = new PendingBytes();
    const bytes = Uint8Array.of(1, 2, 3);
    pending.push(bytes);
    bytes.fill(9);
    const seen: number[] = [];
    pending.drainInto((part) => {
      seen.push(...part);
      return part.length;
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  test("hold many one-byte messages in little more than their bytes", () => {
    const pending = new PendingBytes();
    for (let i = 0; i < 100_000; i++) pending.push(Uint8Array.of(i & 255));
    let writes = 0;
    pending.drainInto((part) => {
      writes++;
      return part.length;
    });
    expect(writes).toBe(Math.ceil(100_000 / 16_384));
  });
});
