import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  DURATION_KIND,
  DURATION_MAX_MS,
  explainQuantity,
  formatBytes,
  formatDurationMs,
  formatRate,
  parseBytes,
  parseDurationMs,
  parseRate,
  SIZE_KIND,
} from "./units.ts";

test("what is formatted is read back as the same number", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(parseBytes(formatBytes(value))).toBe(value);
      expect(parseRate(formatRate(value))).toBe(value);
      const durationMs = value % (DURATION_MAX_MS + 1);
      expect(parseDurationMs(formatDurationMs(durationMs))).toBe(durationMs);
    }),
  );
});

test("any text is a whole number in range, or is explained", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,20}\.?\d{0,20} ?[A-Za-z/]{0,6}$/)), (text) => {
      for (const kind of [SIZE_KIND, DURATION_KIND]) {
        const value = kind.parse(text);
        if (value === undefined) expect(explainQuantity(text, kind)).not.toBe("");
        else
          expect(value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 0)).toBe(
            true,
          );
      }
    }),
  );
});
