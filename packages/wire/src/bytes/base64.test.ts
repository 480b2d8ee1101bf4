import { expect, test } from "bun:test";
import { hex, latin1 } from "../../testing/bytes.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test.each([
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
])("%p is %p and back (RFC 4648 §10)", (plain, encoded) => {
  expect(encodeBase64(latin1(plain))).toBe(encoded);
  expect(decodeBase64(encoded)).toEqual(latin1(plain));
});

test("the last digits of the alphabet are + and / (RFC 4648 §4)", () => {
  expect(encodeBase64(hex("fb ff bf"))).toBe("+/+/");
  expect(decodeBase64("+/+/")).toEqual(hex("fb ff bf"));
});

test.each([
  ["missing padding", "Zg"],
  ["half the padding", "Zg="],
  ["padding inside", "Zg==Zm9v"],
  ["only padding", "===="],
  ["three padding characters", "Z==="],
  ["white space", "Zm 9v"],
  ["a line break", "Zm9v\n"],
  ["the digits of the URL alphabet", "-_-_"],
  ["stray bits before two padding characters", "Zh=="],
  ["stray bits before one padding character", "Zm9="],
  ["a character beyond ASCII", "Zm9\u0141"],
])("%s is refused (RFC 4648 §3.3, §3.5)", (_, text) => {
  expect(decodeBase64(text)).toBeUndefined();
});
