import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { byByte, concat, cut } from "../../testing/bytes.ts";
import { drain } from "../../testing/drain.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import type { Draft } from "./draft.ts";
import { createDraftFrameDecoder } from "./frame-decoder.ts";
import { encodeDraftBinary, encodeDraftClose, encodeDraftText } from "./frame-encoder.ts";

const DRAFTS: Draft[] = ["hixie-75", "hixie-76"];
const LIMIT = 700;

const message = fc.oneof(
  fc.string({ unit: "binary", maxLength: 160 }).map((text) => ({ type: "text", text }) as const),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ type: "binary", bytes }) as const),
);
type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

function encode(one: Message): Uint8Array {
  return one.type === "text" ? encodeDraftText(one.text) : encodeDraftBinary(one.bytes);
}

function decode(draft: Draft, chunks: Iterable<Uint8Array>, messageMaxBytes = LIMIT) {
  return drain(createDraftFrameDecoder(draft, { messageMaxBytes }), chunks);
}

/** The bytes that mean something to the drafts, and pieces of text, so that sequences get deep. */
const nearFrames = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: message.map(encode) },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xc3, 0xe2, 0xff)
          .map((b) => Uint8Array.of(b)),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
    ),
    { maxLength: 24 },
  )
  .map((parts) => concat(...parts));

describe.each(DRAFTS)("%s", (draft) => {
  test("decodes what it encodes, of the same kind, however cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(1500)), (messages, cuts) => {
        const bytes = concat(...messages.map(encode));
        expect(decode(draft, cut(bytes, cuts)).events).toEqual(messages);
      }),
      { numRuns: 500 },
    );
  });

  test("says the same to any bytes in any chunks, never throws, and holds no more than its limit", () => {
    fc.assert(
      fc.property(nearFrames, fc.array(fc.nat(600)), fc.constantFrom(2, 20, LIMIT), (bytes, cuts, limit) => {
        const whole = decode(draft, [bytes.slice()], limit);
        const pieces = decode(draft, cut(bytes, cuts), limit);
        const bits = decode(draft, byByte(bytes), limit);
        expect(pieces.events).toEqual(whole.events);
        expect(bits.events).toEqual(whole.events);
        expect(Math.max(whole.heldMaxBytes, pieces.heldMaxBytes, bits.heldMaxBytes)).toBeLessThanOrEqual(
          limit,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("the message limit bites exactly at its edge", () => {
    fc.assert(
      fc.property(message, (one) => {
        const size = one.type === "text" ? encodeUtf8(one.text).length : one.bytes.length;
        expect(decode(draft, [encode(one)], size).events).toEqual([one]);
        if (size === 0) return;
        // A cut character at the edge is no text fault: the byte beyond comes first.
        expect(decode(draft, [encode(one)], size - 1).events).toMatchObject([{ type: "fault", code: 1009 }]);
      }),
      { numRuns: 300 },
    );
  });
});

test("hixie-76 closes after the messages before", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 4 }), (messages) => {
      const bytes = concat(...messages.map(encode), encodeDraftClose(), encodeDraftText("late"));
      expect(decode("hixie-76", [bytes]).events).toEqual([
        ...messages,
        { type: "close", code: 1005, reason: "" },
      ]);
    }),
  );
});
