import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseByteRange } from "./byte-range.ts";

const size = fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const almostRange = fc
  .array(fc.oneof(fc.constantFrom("bytes=", "-", ",", " ", "0", "9"), fc.nat().map(String)), { maxLength: 8 })
  .map((pieces) => pieces.join(""));

test("any header gives the whole, nothing, or a part that lies within the file", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        almostRange,
        almostRange.map((text) => `bytes=${text}`),
      ),
      size,
      (header, sizeBytes) => {
        const range = parseByteRange(header, sizeBytes);
        if (range.kind !== "part") return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThan(range.start);
        expect(range.end).toBeLessThanOrEqual(sizeBytes);
        expect(Number.isSafeInteger(range.start) && Number.isSafeInteger(range.end)).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});

test("what a client asks for by first and last it gets", () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 1_000_000 }),
      (a, b, sizeBytes) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const range = parseByteRange(`bytes=${first}-${last}`, sizeBytes);
        if (first >= sizeBytes) expect(range.kind).toBe("unsatisfiable");
        else expect(range).toEqual({ kind: "part", start: first, end: Math.min(last + 1, sizeBytes) });
      },
    ),
  );
});
