import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLineSplitter } from "./line-splitter.ts";

const LINE_MAX_BYTES = 8;

function split(chunks: readonly Uint8Array[]): { lines: string[]; overlong: number; pending: number } {
  const splitter = createLineSplitter({ lineMaxBytes: LINE_MAX_BYTES });
  const lines: string[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
      lines.push(Buffer.from(line).toString("latin1"));
    }
    expect(splitter.pendingBytes).toBeLessThanOrEqual(LINE_MAX_BYTES + 1);
  }
  return { lines, overlong: splitter.overlongLines, pending: splitter.pendingBytes };
}

/** Few letters, many ends. */
const stream = fc.array(fc.constantFrom(0x0a, 0x0d, 0x61), { maxLength: 80 });

test("any chunking gives the same lines", () => {
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 80 }), (bytes, sizes) => {
      const whole = Uint8Array.from(bytes);
      const chunks: Uint8Array[] = [];
      let start = 0;
      for (const size of sizes) {
        chunks.push(whole.subarray(start, start + size));
        start += size;
      }
      chunks.push(whole.subarray(start));
      expect(split(chunks)).toEqual(split([whole]));
    }),
  );
});

test("gives the lines that a plain split gives, those over the limit left out", () => {
  fc.assert(
    fc.property(stream, (bytes) => {
      const whole = Uint8Array.from(bytes);
      const expected = Buffer.from(whole).toString("latin1").split("\n").slice(0, -1);
      const stripped = expected.map((line) => line.replace(/\r$/, ""));
      expect(split([whole]).lines).toEqual(stripped.filter((line) => line.length <= LINE_MAX_BYTES));
    }),
  );
});
