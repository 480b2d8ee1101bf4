import { expect, test } from "bun:test";
import { hex } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { acceptKey, assertExtraField, formatKey, isKey } from "./handshake.ts";

test("the key of the example has its answer (RFC 6455 §1.3)", () => {
  expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

test("a key is base64 of 16 bytes (RFC 6455 §4.1)", () => {
  expect(formatKey(hex("01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"))).toBe("AQIDBAUGBwgJCgsMDQ4PEA==");
  expect(() => formatKey(new Uint8Array(15))).toThrow(UsageError);
  expect(() => formatKey(new Uint8Array(17))).toThrow(UsageError);
});

test.each([
  ["16 bytes", "AQIDBAUGBwgJCgsMDQ4PEA==", true],
  ["15 bytes", "AQIDBAUGBwgJCgsMDQ4P", false],
  ["17 bytes", "AQIDBAUGBwgJCgsMDQ4PEBE=", false],
  ["18 bytes, which also take 24 characters", "AQIDBAUGBwgJCgsMDQ4PEBES", false],
  ["no padding", "AQIDBAUGBwgJCgsMDQ4PEA", false],
  ["stray bits", "AQIDBAUGBwgJCgsMDQ4PEB==", false],
  ["two keys in a list", "AQIDBAUGBwgJCgsMDQ4PEA==, AQIDBAUGBwgJCgsMDQ4PEA==", false],
  ["nothing", "", false],
])("a key of %s (RFC 6455 §4.2.1, item 5)", (_, key, isValid) => {
  expect(isKey(key)).toBe(isValid);
});

test.each([
  ["Host"],
  ["upgrade"],
  ["CONNECTION"],
  ["Origin"],
  ["Content-Length"],
  ["Transfer-Encoding"],
  ["Sec-WebSocket-Extensions"],
  ["sec-websocket-protocol"],
  ["WebSocket-Location"],
])("an extra field cannot be %s", (name) => {
  expect(() => assertExtraField(name)).toThrow(UsageError);
});

test("an extra field can be any other", () => {
  for (const name of ["Cookie", "Authorization", "X-WebSocket-A", "Sec-Fetch-Mode"]) assertExtraField(name);
});
