import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { byByte, concat, cut } from "../../testing/bytes.ts";
import { drain } from "../../testing/drain.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import type { WebSocketEvent } from "./event.ts";
import type { Fault } from "./fault.ts";
import { createFrameDecoder } from "./frame-decoder.ts";
import { CLOSE_REASON_MAX_BYTES, encodeClose, encodeFrame } from "./frame-encoder.ts";
import { CONTROL_MAX_BYTES, HEADER_MAX_BYTES, OPCODE, type Role } from "./frame-header.ts";

const ROLES: Role[] = ["client", "server"];
const LIMIT = 400;

/** Around the edges of the length forms and of the word loop of the mask. */
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.integer({ min: 40, max: 300 }).chain((n) => fc.uint8Array({ minLength: n, maxLength: n })),
);
const text = fc.string({ unit: "binary", maxLength: 90 });
const message = fc.oneof(
  text.map((value) => ({ type: "text", text: value }) as const),
  payload.map((bytes) => ({ type: "binary", bytes }) as const),
);
const control = fc
  .record({
    type: fc.constantFrom("ping" as const, "pong" as const),
    bytes: fc.uint8Array({ maxLength: CONTROL_MAX_BYTES }),
  })
  .map(({ type, bytes }) => ({ type, bytes }));
const close = fc
  .record({
    code: fc.constantFrom(1000, 1003, 1007, 1014, 3000, 4999),
    reason: fc.string({ unit: "binary" }),
  })
  .filter(({ reason }) => encodeUtf8(reason).length <= CLOSE_REASON_MAX_BYTES)
  .map(({ code, reason }) => ({ type: "close", code, reason }) as const);

/** A message, where it is cut into fragments, and control frames that go between them. */
const step = fc.record({
  message,
  cuts: fc.array(fc.nat(300), { maxLength: 3 }),
  controls: fc.array(control, { maxLength: 2 }),
  maskKeys: fc.uint8Array({ minLength: 24, maxLength: 24 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The frames of one step as the peer of `role` sends them, and the events they stand for. */
function framesOf({ message, cuts, controls, maskKeys }: Step, role: Role) {
  let keysUsed = 0;
  const nextKey = () => {
    if (role === "client") return undefined;
    keysUsed += 1;
    return maskKeys.subarray((keysUsed - 1) * 4, keysUsed * 4);
  };
  const bytes = message.type === "text" ? encodeUtf8(message.text) : message.bytes;
  const pieces = cut(bytes, cuts);
  const frames: Uint8Array[] = [];
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    const opcode = index > 0 ? OPCODE.continuation : OPCODE[message.type];
    if (isLast)
      for (const { type, bytes } of controls) frames.push(encodeFrame(OPCODE[type], bytes, nextKey()));
    frames.push(encodeFrame(opcode, piece, nextKey(), isLast));
  }
  return { bytes: concat(...frames), events: [...controls, message] as (WebSocketEvent | Fault)[] };
}

function decode(role: Role, chunks: Iterable<Uint8Array>, messageMaxBytes = LIMIT) {
  return drain(createFrameDecoder(role, { messageMaxBytes }), chunks);
}

describe.each(ROLES)("a %s", (role) => {
  test("decodes what its peer encodes, however fragmented and however cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), close, fc.array(fc.nat(1500)), (steps, last, cuts) => {
        const sent = steps.map((one) => framesOf(one, role));
        const end = encodeClose(
          last.code,
          last.reason,
          role === "server" ? Uint8Array.of(1, 2, 3, 4) : undefined,
        );
        const bytes = concat(...sent.map((one) => one.bytes), end);
        const expected = [...sent.flatMap((one) => one.events), last];
        expect(decode(role, cut(bytes, cuts)).events).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  test("says the same to any bytes in any chunks, never throws, and holds no more than its limit", () => {
    fc.assert(
      fc.property(nearFrames(role), fc.array(fc.nat(200)), (bytes, cuts) => {
        const whole = decode(role, [bytes.slice()]);
        const pieces = decode(role, cut(bytes, cuts));
        const bits = decode(role, byByte(bytes));
        expect(pieces.events).toEqual(whole.events);
        expect(bits.events).toEqual(whole.events);
        const heldMaxBytes = Math.max(whole.heldMaxBytes, pieces.heldMaxBytes, bits.heldMaxBytes);
        expect(heldMaxBytes).toBeLessThanOrEqual(LIMIT + HEADER_MAX_BYTES + CONTROL_MAX_BYTES);
      }),
      { numRuns: 1500 },
    );
  });

  test("the message limit bites exactly at its edge, in any number of fragments", () => {
    fc.assert(
      fc.property(step, (one) => {
        const { bytes, events } = framesOf(one, role);
        const size =
          one.message.type === "text" ? encodeUtf8(one.message.text).length : one.message.bytes.length;
        expect(decode(role, [bytes.slice()], size).events).toEqual(events);
        if (size === 0) return;
        const refused = decode(role, [bytes.slice()], size - 1).events;
        expect(refused.at(-1)).toMatchObject({ type: "fault", code: 1009 });
      }),
      { numRuns: 300 },
    );
  });
});

/**
 * Bytes that look like frames often enough to get deep: plausible first bytes, short lengths, some of them wrong.
 * Purely random bytes would nearly all fail at the first two.
 */
function nearFrames(role: Role): fc.Arbitrary<Uint8Array> {
  const first = fc.constantFrom(0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a);
  const lead = fc.oneof({ weight: 20, arbitrary: first }, { weight: 1, arbitrary: fc.nat(255) });
  const length = fc.oneof(
    { weight: 20, arbitrary: fc.nat(6).map((n) => [n]) },
    {
      weight: 2,
      arbitrary: fc.constantFrom([126, 0, 126], [126, 0, 125], [126, 1, 145], [127, 0, 0, 0, 0, 0, 1, 0, 0]),
    },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => [...bytes]) },
  );
  const mask = role === "server" ? 0x80 : 0;
  const frame = fc
    .tuple(lead, length, fc.uint8Array({ maxLength: 10 }))
    .map(([a, [b = 0, ...rest], body]) => {
      return Uint8Array.from([a, b | mask, ...rest, ...body]);
    });
  /** With a body of the announced size, so that a sequence goes on; masked by a key of zeros, which leaves text text. */
  const sound = fc
    .tuple(
      first,
      fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.string({ unit: "binary", maxLength: 3 }).map(encodeUtf8)),
    )
    .map(([a, body]) =>
      Uint8Array.from([a, body.length | mask, ...(role === "server" ? [0, 0, 0, 0] : []), ...body]),
    );
  const sequence = fc.array(fc.oneof({ weight: 6, arbitrary: sound }, { weight: 1, arbitrary: frame }), {
    maxLength: 8,
  });
  return fc.oneof(
    { weight: 8, arbitrary: sequence.map((frames) => concat(...frames)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  );
}
