import { test } from "bun:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test("encoding agrees with another implementation, and decoding undoes it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      const back = decodeBase64(text);
      return (
        text === Buffer.from(bytes).toString("base64") &&
        back !== undefined &&
        Buffer.compare(back, bytes) === 0
      );
    }),
  );
});

test("a text decodes exactly when encoding gives it back: every value has one spelling", () => {
  const nearBase64 = fc.string({ unit: fc.constantFrom(..."AQgwZz09+/=-_ \n"), maxLength: 12 });
  fc.assert(
    fc.property(nearBase64, (text) => {
      const bytes = decodeBase64(text);
      const isCanonical = Buffer.from(text, "base64").toString("base64") === text;
      return bytes === undefined ? !isCanonical : isCanonical && encodeBase64(bytes) === text;
    }),
    { numRuns: 3000 },
  );
});
