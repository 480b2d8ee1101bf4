import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { byByte, concat, cut } from "../../testing/bytes.ts";
import { decodeFrame } from "./decode-frame.ts";
import { encodeFrame } from "./encode-frame.ts";
import type { Frame, Message } from "./frame.ts";
import { createFrameSplitter, prefixFrame } from "./frame-splitter.ts";
import { frameMaxBytes } from "./limits.ts";

const LIMITS = { messageMaxBytes: 200, controlMaxBytes: 80 };

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const count = fc.oneof(fc.nat(300), fc.maxSafeNat());
const number = count.map((value) => value || 1);
const text = fc.string({ unit: "binary", maxLength: 50 });
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text }),
  fc.record({ type: fc.constant("binary" as const), bytes: bytes(200) }),
);
const frame: fc.Arbitrary<Frame> = fc.oneof(
  message,
  fc.record({ type: fc.constant("ack" as const), count, creditBytes: count }),
  fc.record({
    type: fc.constant("opened" as const),
    creditBytes: count,
    messageMaxBytes: count,
    detachWindowMs: count,
    ticket: bytes(80),
    subprotocol: fc.constantFrom("", "mqtt", "v12.stomp"),
  }),
  fc.record({
    type: fc.constant("resume" as const),
    ticket: bytes(80),
    attempt: number,
    count,
    first: number,
  }),
  fc.record({
    type: fc.constant("resumed" as const),
    ticket: bytes(80),
    attempt: number,
    count,
    first: number,
  }),
  fc.record({
    type: fc.constant("close" as const),
    number,
    isAbort: fc.boolean(),
    code: fc.constantFrom(1000, 1005, 1014, 3008, 4999),
    reason: fc.string({ unit: "binary", maxLength: 30 }),
  }),
  fc.record({ type: fc.constantFrom("ping" as const, "pong" as const), token: bytes(125) }),
  fc.record({
    type: fc.constantFrom("move" as const, "auth" as const, "notice" as const),
    bytes: bytes(80),
  }),
  fc.record({ type: fc.constant("topic" as const), topic: text, epoch: bytes(64), offset: count, message }),
  fc.record({ type: fc.constant("skip" as const), first: number }),
);

function split(chunks: Iterable<Uint8Array>, limits = LIMITS) {
  const splitter = createFrameSplitter(limits);
  const found: unknown[] = [];
  let heldMaxBytes = 0;
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let next = splitter.next(); next !== undefined; next = splitter.next()) {
      if (!(next instanceof Uint8Array)) {
        expect(splitter.next()).toBe(next);
        expect(splitter.heldBytes).toBe(0);
        return { found: [...found, next], heldMaxBytes };
      }
      found.push(next.slice());
    }
    heldMaxBytes = Math.max(heldMaxBytes, splitter.heldBytes);
  }
  return { found, heldMaxBytes };
}

describe("frames", () => {
  test("are decoded as they were encoded", () => {
    fc.assert(
      fc.property(frame, (one) => {
        expect<unknown>(decodeFrame(encodeFrame(one), LIMITS)).toEqual(one);
      }),
      { numRuns: 1000 },
    );
  });

  test("have one spelling: any bytes are a frame that is encoded to the same, or a fault, and never throw", () => {
    const near = fc.oneof(
      bytes(40),
      fc
        .tuple(fc.integer({ min: 1, max: 14 }), bytes(12))
        .map(([type, rest]) => Uint8Array.of(type, ...rest)),
      fc.tuple(frame, fc.nat(300), fc.nat(255)).map(([one, at, byte]) => {
        const changed = encodeFrame(one);
        changed[at % changed.length] = byte;
        return changed;
      }),
    );
    fc.assert(
      fc.property(near, (input) => {
        const decoded = decodeFrame(input, LIMITS);
        if (decoded.type === "fault" || decoded.type === "extension") return;
        expect(encodeFrame(decoded)).toEqual(new Uint8Array(input));
      }),
      { numRuns: 1500 },
    );
  });
});

describe("frames on a byte carrier", () => {
  test("come out whole, however cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(2500)), (frames, cuts) => {
        const encoded = frames.map(encodeFrame);
        const stream = concat(...encoded.map(prefixFrame));
        expect<unknown>(split(cut(stream, cuts)).found).toEqual(encoded);
        expect<unknown>(split(byByte(stream)).found).toEqual(encoded);
      }),
      { numRuns: 100 },
    );
  });

  test("any bytes in any chunks say the same, never throw, and hold no more than one frame and a length", () => {
    const stream = fc
      .array(
        fc.oneof(
          frame.map((one) => prefixFrame(encodeFrame(one))),
          bytes(6),
        ),
        { maxLength: 10 },
      )
      .map((parts) => concat(...parts));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(1500)), (input, cuts) => {
        const whole = split([input.slice()]);
        const pieces = split(cut(input, cuts));
        const bits = split(byByte(input));
        expect(pieces.found).toEqual(whole.found);
        expect(bits.found).toEqual(whole.found);
        const heldMaxBytes = Math.max(whole.heldMaxBytes, pieces.heldMaxBytes, bits.heldMaxBytes);
        expect(heldMaxBytes).toBeLessThanOrEqual(frameMaxBytes(LIMITS) + 8);
      }),
      { numRuns: 1000 },
    );
  });
});
