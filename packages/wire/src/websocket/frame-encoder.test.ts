import { describe, expect, test } from "bun:test";
import { concat, hex, latin1 } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import {
  encodeBinary,
  encodeClose,
  encodeFrame,
  encodeHeader,
  encodePing,
  encodePong,
  encodeText,
} from "./frame-encoder.ts";
import { OPCODE } from "./frame-header.ts";

const KEY = hex("37 fa 21 3d");

describe("the examples of RFC 6455 §5.7", () => {
  test("text, unmasked and masked", () => {
    expect(encodeText("Hello")).toEqual(hex("81 05 48 65 6c 6c 6f"));
    expect(encodeText("Hello", KEY)).toEqual(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
  });

  test("two fragments", () => {
    expect(encodeFrame(OPCODE.text, latin1("Hel"), undefined, false)).toEqual(hex("01 03 48 65 6c"));
    expect(encodeFrame(OPCODE.continuation, latin1("lo"))).toEqual(hex("80 02 6c 6f"));
  });

  test("ping and masked pong", () => {
    expect(encodePing(latin1("Hello"))).toEqual(hex("89 05 48 65 6c 6c 6f"));
    expect(encodePong(latin1("Hello"), KEY)).toEqual(hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"));
  });
});

describe("a length is in its shortest form (RFC 6455 §5.2)", () => {
  test.each([
    [0, "82 00"],
    [125, "82 7d"],
    [126, "82 7e 00 7e"],
    [65_535, "82 7e ff ff"],
    [65_536, "82 7f 00 00 00 00 00 01 00 00"],
    [0xffff_ffff, "82 7f 00 00 00 00 ff ff ff ff"],
    [0x1_0000_0000, "82 7f 00 00 00 01 00 00 00 00"],
    [Number.MAX_SAFE_INTEGER, "82 7f 00 1f ff ff ff ff ff ff"],
  ])("of %d bytes", (payloadBytes, header) => {
    expect(encodeHeader(OPCODE.binary, payloadBytes)).toEqual(hex(header));
  });

  test("with a key behind it", () => {
    expect(encodeHeader(OPCODE.binary, 126, KEY)).toEqual(hex("82 fe 00 7e 37 fa 21 3d"));
    expect(encodeHeader(OPCODE.text, 1, undefined, false)).toEqual(hex("01 01"));
  });
});

test("a binary frame leaves the caller's bytes as they are", () => {
  const payload = new Uint8Array(300).fill(7);
  const frame = encodeBinary(payload, KEY);
  expect(payload).toEqual(new Uint8Array(300).fill(7));
  expect(frame.slice(0, 8)).toEqual(hex("82 fe 01 2c 37 fa 21 3d"));
  expect(frame.slice(8, 12)).toEqual(hex("30 fd 26 3a"));
  expect(encodeBinary(payload)).toEqual(concat(hex("82 7e 01 2c"), payload));
});

test("a lone surrogate in text becomes U+FFFD", () => {
  expect(encodeText("\udc00")).toEqual(hex("81 03 ef bf bd"));
});

describe("close (RFC 6455 §5.5.1)", () => {
  test("has a code and a reason, or with 1005 nothing", () => {
    expect(encodeClose(1000, "")).toEqual(hex("88 02 03 e8"));
    expect(encodeClose(4001, "\u20ac")).toEqual(hex("88 05 0f a1 e2 82 ac"));
    expect(encodeClose(1005, "not sent")).toEqual(hex("88 00"));
    expect(encodeClose(1000, "", KEY)).toEqual(hex("88 82 37 fa 21 3d 34 12"));
  });

  test("takes a reason of 123 bytes whole", () => {
    expect(encodeClose(1000, "x".repeat(123))).toEqual(concat(hex("88 7d 03 e8"), latin1("x".repeat(123))));
  });

  test("cuts a longer reason before the character that does not fit", () => {
    expect(encodeClose(1000, "x".repeat(124))).toEqual(concat(hex("88 7d 03 e8"), latin1("x".repeat(123))));
    expect(encodeClose(1000, `${"x".repeat(122)}\u20ac`)).toEqual(
      concat(hex("88 7c 03 e8"), latin1("x".repeat(122))),
    );
    expect(encodeClose(1000, `${"x".repeat(120)}\u20ac\u20ac`)).toEqual(
      concat(hex("88 7d 03 e8"), latin1("x".repeat(120)), hex("e2 82 ac")),
    );
  });

  test.each([[1004], [1006], [1015], [999], [2000], [5000], [0], [70_536]])(
    "throws for the code %d",
    (code) => {
      expect(() => encodeClose(code, "")).toThrow(UsageError);
    },
  );
});

test.each([
  ["a ping of 126 bytes", () => encodePing(new Uint8Array(126))],
  ["a fragmented control frame", () => encodeFrame(OPCODE.ping, hex(""), undefined, false)],
  ["a key of three bytes", () => encodeText("a", hex("01 02 03"))],
  ["a key of five bytes", () => encodeHeader(OPCODE.text, 1, hex("01 02 03 04 05"))],
  ["a length that is no integer", () => encodeHeader(OPCODE.text, 1.5)],
  ["a negative length", () => encodeHeader(OPCODE.text, -1)],
])("%s is the caller's bug and throws", (_, encode) => {
  expect(encode).toThrow(UsageError);
});

test("a ping of 125 bytes is allowed (RFC 6455 §5.5)", () => {
  expect(encodePing(new Uint8Array(125))).toEqual(concat(hex("89 7d"), new Uint8Array(125)));
});
