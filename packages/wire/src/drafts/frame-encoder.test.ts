import { expect, test } from "bun:test";
import { concat, hex } from "../../testing/bytes.ts";
import { encodeDraftBinary, encodeDraftClose, encodeDraftText } from "./frame-encoder.ts";

test("text stands between 00 and FF", () => {
  expect(encodeDraftText("Hello")).toEqual(hex("00 48 65 6c 6c 6f ff"));
  expect(encodeDraftText("")).toEqual(hex("00 ff"));
  expect(encodeDraftText("\u20ac")).toEqual(hex("00 e2 82 ac ff"));
});

test("a lone surrogate becomes U+FFFD", () => {
  expect(encodeDraftText("\ud800")).toEqual(hex("00 ef bf bd ff"));
});

test.each([
  [0, "80 00"],
  [16, "80 10"],
  [127, "80 7f"],
  [128, "80 81 00"],
  [16_383, "80 ff 7f"],
  [16_384, "80 81 80 00"],
  [2_097_152, "80 81 80 80 00"],
])("binary of %d bytes has its length in as few groups as it takes", (length, header) => {
  const payload = new Uint8Array(length).fill(0x61);
  expect(encodeDraftBinary(payload)).toEqual(concat(hex(header), payload));
});

test("close is FF 00", () => {
  expect(encodeDraftClose()).toEqual(hex("ff 00"));
});
