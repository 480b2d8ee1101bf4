import { expect, test } from "bun:test";
import { hex } from "../../testing/bytes.ts";
import { applyMask, readMaskKey, rotateMaskKey } from "./mask.ts";

/** Byte by byte, as RFC 6455 §5.3 writes it. */
function maskedByDefinition(payload: Uint8Array, key: Uint8Array, offset: number): Uint8Array {
  return payload.map((byte, at) => byte ^ (key[(at + offset) % 4] ?? 0));
}

test("masks the payload of the example (RFC 6455 §5.7)", () => {
  const payload = hex("48 65 6c 6c 6f");
  applyMask(payload, 0, 5, readMaskKey(hex("37 fa 21 3d"), 0));
  expect(payload).toEqual(hex("7f 9f 4d 51 58"));
});

test("agrees with the definition at every length, place and rotation, and touches nothing else (RFC 6455 §5.3)", () => {
  const key = hex("9a 01 ff 80");
  for (let start = 0; start < 5; start += 1) {
    for (let length = 0; length <= 140; length += 1) {
      const backing = new Uint8Array(200).fill(0xee);
      // A view that starts inside its buffer, as chunks of a larger read do.
      const bytes = backing.subarray(3, 190);
      const payload = Uint8Array.from({ length }, (_, at) => (at * 37) & 0xff);
      bytes.set(payload, start);
      applyMask(bytes, start, start + length, rotateMaskKey(readMaskKey(key, 0), length));
      const expected = new Uint8Array(200).fill(0xee);
      expected.set(maskedByDefinition(payload, key, length), 3 + start);
      expect(backing).toEqual(expected);
    }
  }
});

test("twice is not at all", () => {
  const payload = Uint8Array.from({ length: 101 }, (_, at) => at);
  const key = readMaskKey(hex("de ad be ef"), 0);
  applyMask(payload, 0, 101, key);
  applyMask(payload, 0, 101, key);
  expect(payload).toEqual(Uint8Array.from({ length: 101 }, (_, at) => at));
});
