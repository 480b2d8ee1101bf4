import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { hex, latin1 } from "../../testing/bytes.ts";
import { md5 } from "./md5.ts";

test.each([
  ["", "d41d8cd98f00b204e9800998ecf8427e"],
  ["a", "0cc175b9c0f1b6a831c399e269772661"],
  ["abc", "900150983cd24fb0d6963f7d28e17f72"],
  ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
  ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
  [
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
    "57edf4a22be3c955ac49da2e2107b67a",
  ],
])("the digest of %p (RFC 1321 A.5)", (text, digest) => {
  expect(md5(latin1(text))).toEqual(hex(digest));
});

test("agrees with another implementation at every length over three blocks", () => {
  for (let length = 0; length <= 192; length += 1) {
    const input = Uint8Array.from({ length }, (_, at) => (at * 11 + length) & 0xff);
    expect(Buffer.from(md5(input)).toString("hex")).toBe(createHash("md5").update(input).digest("hex"));
  }
});
