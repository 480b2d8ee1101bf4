import { expect, test } from "bun:test";
import { isWireCloseCode } from "./close-code.ts";

test("exactly these codes may stand in a Close frame (RFC 6455 §7.4)", () => {
  const ranges: [number, number][] = [];
  for (let code = 0; code <= 0xffff; code += 1) {
    if (!isWireCloseCode(code)) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  expect(ranges).toEqual([
    [1000, 1003],
    [1007, 1014],
    [3000, 4999],
  ]);
});

test.each([[1000.5], [Number.NaN], [-1], [Number.POSITIVE_INFINITY]])("%p is no code", (code) => {
  expect(isWireCloseCode(code)).toBe(false);
});
