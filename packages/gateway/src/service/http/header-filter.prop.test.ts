import { expect, test } from "bun:test";
import { isFieldValue } from "@sluice/wire/bytes";
import fc from "fast-check";
import { cleanValue, endToEndFields } from "./header-filter.ts";

const name = fc.constantFrom(
  "Connection",
  "X-A",
  "x-a",
  "X-B",
  "Upgrade",
  "TE",
  "Accept",
  "Set-Cookie",
  "Host",
);
const value = fc.oneof(fc.constantFrom("close", "x-a", "X-A, x-b", "upgrade", ""), fc.string());
const fields = fc.array(fc.tuple(name, value), { maxLength: 12 });

test("whatever is sent, nothing hop-by-hop and nothing that Connection names gets through, and the rest keeps its order", () => {
  fc.assert(
    fc.property(fields, (sent) => {
      const passed = endToEndFields(sent);
      const named = sent
        .filter(([one]) => one.toLowerCase() === "connection")
        .flatMap(([, text]) => text.toLowerCase().split(","))
        .map((one) => one.trim());
      for (const [one] of passed) {
        const lower = one.toLowerCase();
        expect(["connection", "upgrade", "te"]).not.toContain(lower);
        if (lower !== "host") expect(named).not.toContain(lower);
      }
      let at = -1;
      for (const field of passed) {
        at = sent.findIndex((one, index) => index > at && one === field);
        expect(at).toBeGreaterThanOrEqual(0);
      }
      // What is passed would be passed again: a second hop takes nothing more away.
      expect(endToEndFields(passed)).toEqual(passed);
    }),
  );
});

test("a cleaned value can stand in a field", () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.array(fc.oneof(unit, fc.constantFrom("\0", "\r", "\n", "\t", "\x7f", " "))), (units) => {
      expect(isFieldValue(cleanValue(units.join("")).trim())).toBe(true);
    }),
  );
});
