import { expect, test } from "bun:test";
import { convertMessage } from "./message-kind.ts";

const euro = Uint8Array.of(0xe2, 0x82, 0xac);

test("a kind that is promised is kept, whatever comes", () => {
  expect(convertMessage(euro, "text")).toBe("€");
  expect(convertMessage("€", "text")).toBe("€");
  expect(convertMessage("€", "binary")).toEqual(euro);
  expect(convertMessage(euro, "binary")).toBe(euro);
});

test("without a promise a message stays what it is", () => {
  expect(convertMessage(euro, "auto")).toBe(euro);
  expect(convertMessage("€", "auto")).toBe("€");
});

test("bytes that are not UTF-8 become U+FFFD, and a byte order mark stays", () => {
  expect(convertMessage(Uint8Array.of(0xff, 0x61), "text")).toBe("\uFFFDa");
  expect(convertMessage(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), "text")).toBe("\uFEFFa");
});
