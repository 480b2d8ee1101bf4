import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { hex, latin1 } from "../../testing/bytes.ts";
import { sha1 } from "./sha1.ts";

test.each([
  ["abc", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  [
    "56 characters, which need a second block for their length",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
  ],
  ["a million times a", "a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"],
  [
    "ten times 64 digits",
    "0123456701234567012345670123456701234567012345670123456701234567".repeat(10),
    "dea356a2cddd90c7a7ecedc5ebb563934f460452",
  ],
  ["nothing", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
])("the digest of %s (RFC 3174 §7.3)", (_, text, digest) => {
  expect(sha1(latin1(text))).toEqual(hex(digest));
});

test("agrees with another implementation at every length over three blocks", () => {
  for (let length = 0; length <= 192; length += 1) {
    const input = Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff);
    expect(Buffer.from(sha1(input)).toString("hex")).toBe(createHash("sha1").update(input).digest("hex"));
  }
});
