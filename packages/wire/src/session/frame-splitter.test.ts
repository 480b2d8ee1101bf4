import { describe, expect, test } from "bun:test";
import { fromHex, toHex, vectors } from "../../testing/session/vectors.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { SESSION_FAULTS } from "./fault.ts";
import { createFrameSplitter, prefixFrame } from "./frame-splitter.ts";
import { frameMaxBytes } from "./limits.ts";

const LIMITS = { messageMaxBytes: 100, controlMaxBytes: 0 };
const MAX_BYTES = frameMaxBytes(LIMITS);

describe("the frame splitter", () => {
  test("finds frames behind their lengths (session 4.2)", () => {
    const { frames, hex } = vectors.byteStream;
    expect(frames.map((frame) => toHex(prefixFrame(fromHex(frame)))).join("")).toBe(hex);
    const splitter = createFrameSplitter(vectors.limits);
    splitter.push(fromHex(hex));
    for (const frame of frames) expect(splitter.next()).toEqual(fromHex(frame));
    expect(splitter.next()).toBeUndefined();
    expect(splitter.heldBytes).toBe(0);
  });

  test("checks the limit at the length, before it holds any of the frame", () => {
    const length = (value: number) => Uint8Array.of((value & 0x7f) | 0x80, value >> 7);
    const within = createFrameSplitter(LIMITS);
    within.push(length(MAX_BYTES));
    expect(within.next()).toBeUndefined();
    const beyond = createFrameSplitter(LIMITS);
    beyond.push(length(MAX_BYTES + 1));
    expect(beyond.next()).toBe(SESSION_FAULTS.frameTooBig);
  });

  test.each([
    ["a length of zero", "00", SESSION_FAULTS.empty],
    ["a length not in its shortest form", "8100", SESSION_FAULTS.varint],
    ["a length of 2^53", "8080808080808010", SESSION_FAULTS.varint],
  ])("refuses %s, for ever, in one chunk and byte by byte", (_, hex, fault) => {
    const whole = createFrameSplitter(LIMITS);
    whole.push(fromHex(hex));
    expect(whole.next()).toBe(fault);
    whole.push(fromHex("0108"));
    expect(whole.next()).toBe(fault);
    const bits = createFrameSplitter(LIMITS);
    for (const byte of fromHex(hex)) {
      bits.push(Uint8Array.of(byte));
      bits.next();
    }
    expect(bits.next()).toBe(fault);
  });

  test("grows with what has come, not with what was announced", () => {
    const splitter = createFrameSplitter({ messageMaxBytes: 1_000_000, controlMaxBytes: 0 });
    splitter.push(fromHex("c0843d010203"));
    expect(splitter.next()).toBeUndefined();
    expect(splitter.heldBytes).toBeLessThanOrEqual(64);
  });

  test.each([-1, 0.5, Number.NaN])("takes no limit of %d bytes", (messageMaxBytes) => {
    expect(() => createFrameSplitter({ ...LIMITS, messageMaxBytes })).toThrow(UsageError);
  });
});
