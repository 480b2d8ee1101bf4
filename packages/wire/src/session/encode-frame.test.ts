import { describe, expect, test } from "bun:test";
import { fromHex, toHex, vectors, withBytes } from "../../testing/session/vectors.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { encodeAck, encodeBinary, encodeFrame, encodeText } from "./encode-frame.ts";
import type { Frame } from "./frame.ts";

const NONE = new Uint8Array(0);

describe("the frame encoder", () => {
  test.each(vectors.frames)("writes $hex (session 3)", ({ hex, frame }) => {
    // The vectors are checked against the decoder as well, which knows the types.
    expect(toHex(encodeFrame(withBytes(frame) as Frame))).toBe(hex);
  });

  test("writes messages and acks without a frame object", () => {
    expect(encodeText("Hello")).toEqual(fromHex("0148656c6c6f"));
    expect(encodeBinary(fromHex("00ff"))).toEqual(fromHex("0200ff"));
    expect(encodeAck(300, 262144)).toEqual(fromHex("03ac02808010"));
  });

  test("replaces a lone surrogate, which UTF-8 cannot carry", () => {
    expect(toHex(encodeText("\ud800"))).toBe("01efbfbd");
  });

  test.each<[string, Frame]>([
    ["a number that is not whole", { type: "ack", count: 0.5, creditBytes: 0 }],
    ["a first number of zero", { type: "skip", first: 0 }],
    ["an attempt of zero", { type: "resume", ticket: NONE, attempt: 0, count: 0, first: 1 }],
    ["a token of 126 bytes", { type: "ping", token: new Uint8Array(126) }],
    ["a code that may not be sent", { type: "close", number: 1, isAbort: false, code: 1006, reason: "" }],
    [
      "an orderly close without a number",
      { type: "close", number: 0, isAbort: false, code: 1000, reason: "" },
    ],
    [
      "a reason of 124 bytes",
      { type: "close", number: 1, isAbort: false, code: 1000, reason: "a".repeat(124) },
    ],
    [
      "a subprotocol that is no token",
      {
        type: "opened",
        creditBytes: 0,
        messageMaxBytes: 0,
        detachWindowMs: 0,
        ticket: NONE,
        subprotocol: "a b",
      },
    ],
    [
      "an epoch of 65 bytes",
      { type: "topic", topic: "", epoch: new Uint8Array(65), offset: 0, message: { type: "text", text: "" } },
    ],
    [
      "a topic of 256 bytes",
      { type: "topic", topic: "é".repeat(128), epoch: NONE, offset: 0, message: { type: "text", text: "" } },
    ],
  ])("throws for %s", (_, frame) => {
    expect(() => encodeFrame(frame)).toThrow(UsageError);
  });
});
