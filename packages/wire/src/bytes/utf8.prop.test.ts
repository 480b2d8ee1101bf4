import { test } from "bun:test";
import fc from "fast-check";
import { concat, cut, hex } from "../../testing/bytes.ts";
import { createUtf8Validator, decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** Random bytes are refused at once; these are the edges of RFC 3629, so that much of what is drawn is nearly well-formed. */
const nearUtf8 = fc
  .array(fc.constantFrom(...hex("00 7f 80 8f 90 9f a0 bf c0 c2 df e0 e1 ed ef f0 f1 f4 f5 ff")), {
    maxLength: 8,
  })
  .map((bytes) => Uint8Array.from(bytes));
const anyText = fc.string({ unit: "binary" });
const anyBytes = fc.oneof(nearUtf8, anyText.map(encodeUtf8), fc.uint8Array({ maxLength: 12 }));

test("the validator agrees with the platform's decoder, however the bytes are cut", () => {
  fc.assert(
    fc.property(anyBytes, fc.array(fc.nat(12)), (bytes, cuts) => {
      const validator = createUtf8Validator();
      for (const chunk of cut(bytes, cuts)) validator.push(chunk, 0, chunk.length);
      return validator.isComplete === (decodeUtf8(bytes) !== undefined);
    }),
    { numRuns: 3000 },
  );
});

/** Ends of a character whose beginning is given. */
const COMPLETIONS = ["", "80", "90", "a0", "80 80", "90 80", "a0 80", "80 80 80", "90 80 80"].map(hex);

test("a byte is refused exactly when nothing that could follow would make the whole well-formed", () => {
  fc.assert(
    fc.property(nearUtf8, (bytes) => {
      const validator = createUtf8Validator();
      for (let at = 0; at < bytes.length; at += 1) {
        const prefix = bytes.subarray(0, at + 1);
        const canBeCompleted = COMPLETIONS.some((end) => decodeUtf8(concat(prefix, end)) !== undefined);
        if (validator.push(bytes, at, at + 1) !== canBeCompleted) return false;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
});

test("decoding undoes encoding for every string without lone surrogates", () => {
  fc.assert(fc.property(anyText, (text) => decodeUtf8(encodeUtf8(text)) === text));
});
