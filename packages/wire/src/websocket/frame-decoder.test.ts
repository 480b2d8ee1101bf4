import { describe, expect, test } from "bun:test";
import { byByte, concat, hex, latin1 } from "../../testing/bytes.ts";
import { drain } from "../../testing/drain.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { FRAME_FAULTS } from "./fault.ts";
import { createFrameDecoder } from "./frame-decoder.ts";
import type { Role } from "./frame-header.ts";

/** Far above every message here, so that only the rule under test can bite. */
const LIMIT = 1 << 20;

/** What the decoder says to these bytes, in one piece and byte by byte; both must agree. */
function decode(text: string, role: Role = "client", messageMaxBytes = LIMIT) {
  const whole = drain(createFrameDecoder(role, { messageMaxBytes }), [hex(text)]).events;
  const bits = drain(createFrameDecoder(role, { messageMaxBytes }), byByte(hex(text))).events;
  expect(bits).toEqual(whole);
  return whole;
}

describe("the examples of RFC 6455 §5.7", () => {
  const hello = { type: "text", text: "Hello" } as const;

  test("a single-frame unmasked text message", () => {
    expect(decode("81 05 48 65 6c 6c 6f")).toEqual([hello]);
  });

  test("a single-frame masked text message", () => {
    expect(decode("81 85 37 fa 21 3d 7f 9f 4d 51 58", "server")).toEqual([hello]);
  });

  test("a fragmented unmasked text message", () => {
    expect(decode("01 03 48 65 6c 80 02 6c 6f")).toEqual([hello]);
  });

  test("an unmasked ping and its masked pong", () => {
    const bytes = hex("48 65 6c 6c 6f");
    expect(decode("89 05 48 65 6c 6c 6f")).toEqual([{ type: "ping", bytes }]);
    expect(decode("8a 85 37 fa 21 3d 7f 9f 4d 51 58", "server")).toEqual([{ type: "pong", bytes }]);
  });

  test("256 bytes of binary in a single unmasked frame", () => {
    const payload = Uint8Array.from({ length: 256 }, (_, at) => at);
    const { events } = drain(createFrameDecoder("client", { messageMaxBytes: LIMIT }), [
      concat(hex("82 7e 01 00"), payload),
    ]);
    expect(events).toEqual([{ type: "binary", bytes: payload }]);
  });

  test("64 KiB of binary in a single unmasked frame", () => {
    const payload = Uint8Array.from({ length: 65_536 }, (_, at) => at & 0xff);
    const { events } = drain(createFrameDecoder("client", { messageMaxBytes: LIMIT }), [
      concat(hex("82 7f 00 00 00 00 00 01 00 00"), payload),
    ]);
    expect(events).toEqual([{ type: "binary", bytes: payload }]);
  });
});

describe("messages", () => {
  test("may be empty, in one frame or in several", () => {
    expect(decode("81 00 82 00 01 00 00 00 80 00")).toEqual([
      { type: "text", text: "" },
      { type: "binary", bytes: hex("") },
      { type: "text", text: "" },
    ]);
  });

  test("let control frames through between their fragments (RFC 6455 §5.4)", () => {
    expect(decode("02 01 aa 89 01 07 00 01 bb 8a 00 80 01 cc")).toEqual([
      { type: "ping", bytes: hex("07") },
      { type: "pong", bytes: hex("") },
      { type: "binary", bytes: hex("aa bb cc") },
    ]);
  });

  test("may be cut inside a character (RFC 6455 §5.6)", () => {
    expect(decode("01 02 f0 9f 80 02 98 80")).toEqual([{ type: "text", text: "\u{1f600}" }]);
  });

  test("keep a byte order mark", () => {
    expect(decode("81 04 ef bb bf 41")).toEqual([{ type: "text", text: "\ufeffA" }]);
  });

  test("of fragments are unmasked by the key of each fragment (RFC 6455 §5.3)", () => {
    expect(decode("02 83 01 02 03 04 01 02 03 80 83 10 20 30 40 10 20 30", "server")).toEqual([
      { type: "binary", bytes: hex("00 00 00 00 00 00") },
    ]);
  });

  test("stay whole while later ones are decoded from the same chunk", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: LIMIT });
    decoder.push(hex("82 02 01 02 82 02 03 04"));
    const first = decoder.next();
    decoder.next();
    expect(first).toEqual({ type: "binary", bytes: hex("01 02") });
  });

  test("wait in the chunks until they are asked for", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: LIMIT });
    decoder.push(hex("81 01 61 81"));
    decoder.push(hex("01 62"));
    decoder.push(hex("81 01 63"));
    expect(decoder.heldBytes).toBe(9);
    expect([decoder.next(), decoder.next(), decoder.next()]).toEqual([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "text", text: "c" },
    ]);
    expect(decoder.next()).toBeUndefined();
    expect(decoder.heldBytes).toBe(0);
  });
});

describe("faults of frames in sequence (RFC 6455 §5.4)", () => {
  test("a continuation that continues nothing", () => {
    expect(decode("80 01 61")).toEqual([FRAME_FAULTS.continuationFirst]);
    expect(decode("81 01 61 80 00")).toEqual([{ type: "text", text: "a" }, FRAME_FAULTS.continuationFirst]);
  });

  test("a continuation after a fragmented message has ended", () => {
    expect(decode("01 00 80 00 80 00")).toEqual([{ type: "text", text: "" }, FRAME_FAULTS.continuationFirst]);
  });

  test("a message that starts inside another one, of the same kind or not", () => {
    expect(decode("01 01 61 81 01 62")).toEqual([FRAME_FAULTS.messageInterrupted]);
    expect(decode("01 01 61 82 01 62")).toEqual([FRAME_FAULTS.messageInterrupted]);
    expect(decode("02 00 02 00")).toEqual([FRAME_FAULTS.messageInterrupted]);
  });

  test("a fault of a header, found when it is cut by a chunk's end", () => {
    expect(decode("81 01 61 c1 00")).toEqual([{ type: "text", text: "a" }, FRAME_FAULTS.reservedBits]);
    expect(decode("82 7e 00 7d")).toEqual([FRAME_FAULTS.lengthNotMinimal]);
  });

  test("a fault is final: nothing after it is read, and nothing is held", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: LIMIT });
    decoder.push(hex("02 01 61 83 00"));
    decoder.push(hex("80 00"));
    expect(decoder.next()).toEqual(FRAME_FAULTS.opcode);
    decoder.push(hex("81 01 61"));
    expect(decoder.next()).toBe(FRAME_FAULTS.opcode);
    expect(decoder.heldBytes).toBe(0);
  });
});

describe("text that is not UTF-8 (RFC 6455 §8.1)", () => {
  test("is a fault in one frame", () => {
    expect(decode("81 03 ed a0 80")).toEqual([FRAME_FAULTS.text]);
  });

  test("is a fault when the message ends inside a character", () => {
    expect(decode("81 02 e2 82")).toEqual([FRAME_FAULTS.text]);
    expect(decode("01 01 e2 80 01 82")).toEqual([FRAME_FAULTS.text]);
    expect(decode("01 01 e2 80 00")).toEqual([FRAME_FAULTS.text]);
  });

  test("is a fault at the byte that makes it so, before the frame is whole", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: LIMIT });
    decoder.push(hex("81 0a 61 ed"));
    expect(decoder.next()).toBeUndefined();
    decoder.push(hex("a0"));
    expect(decoder.next()).toEqual(FRAME_FAULTS.text);
  });

  test("is a fault at the byte that makes it so, masked and in a later fragment", () => {
    const decoder = createFrameDecoder("server", { messageMaxBytes: LIMIT });
    decoder.push(hex("01 81 01 02 03 04 60 80 8a 01 02 03 04 60"));
    expect(decoder.next()).toBeUndefined();
    decoder.push(hex("fd"));
    expect(decoder.next()).toEqual(FRAME_FAULTS.text);
  });

  test("does not concern binary messages, nor the message after it", () => {
    expect(decode("82 01 ff 02 01 ff 80 01 fe 81 01 61")).toEqual([
      { type: "binary", bytes: hex("ff") },
      { type: "binary", bytes: hex("ff fe") },
      { type: "text", text: "a" },
    ]);
  });
});

describe("close (RFC 6455 §5.5.1)", () => {
  test("without a body has the code 1005 (RFC 6455 §7.1.5)", () => {
    expect(decode("88 00")).toEqual([{ type: "close", code: 1005, reason: "" }]);
  });

  test("has a code, and a reason in UTF-8", () => {
    expect(decode("88 02 03 e8")).toEqual([{ type: "close", code: 1000, reason: "" }]);
    expect(decode("88 05 0f a1 e2 82 ac")).toEqual([{ type: "close", code: 4001, reason: "\u20ac" }]);
  });

  test.each([
    ["one byte", "88 01 03", FRAME_FAULTS.closeTruncated],
    ["999", "88 02 03 e7", FRAME_FAULTS.closeCode],
    ["1004", "88 02 03 ec", FRAME_FAULTS.closeCode],
    ["1005", "88 02 03 ed", FRAME_FAULTS.closeCode],
    ["1006", "88 02 03 ee", FRAME_FAULTS.closeCode],
    ["1015", "88 02 03 f7", FRAME_FAULTS.closeCode],
    ["2999", "88 02 0b b7", FRAME_FAULTS.closeCode],
    ["5000", "88 02 13 88", FRAME_FAULTS.closeCode],
    ["a reason cut inside a character", "88 04 03 e8 e2 82", FRAME_FAULTS.closeReason],
  ])("with %s is a fault", (_, text, fault) => {
    expect(decode(text)).toEqual([fault]);
  });

  test("may come inside a message, whose beginning is dropped", () => {
    expect(decode("01 01 61 88 00")).toEqual([{ type: "close", code: 1005, reason: "" }]);
  });

  test("is the last event: what follows is discarded and not held (RFC 6455 §1.4)", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: LIMIT });
    decoder.push(hex("02 01 61 88 00 81 01 61"));
    decoder.push(hex("ff ff"));
    expect(decoder.next()).toEqual({ type: "close", code: 1005, reason: "" });
    decoder.push(hex("81 01 61"));
    expect(decoder.next()).toBeUndefined();
    expect(decoder.heldBytes).toBe(0);
  });
});

describe("the message limit", () => {
  test("lets a message of exactly its size through, and one byte more not", () => {
    expect(decode("82 03 01 02 03", "client", 3)).toEqual([{ type: "binary", bytes: hex("01 02 03") }]);
    expect(decode("82 04 01 02 03 04", "client", 3)).toEqual([FRAME_FAULTS.messageTooBig]);
  });

  test("counts all fragments", () => {
    expect(decode("02 02 01 02 80 01 03", "client", 3)).toEqual([{ type: "binary", bytes: hex("01 02 03") }]);
    expect(decode("02 02 01 02 80 02 03 04", "client", 3)).toEqual([FRAME_FAULTS.messageTooBig]);
    expect(decode("02 03 01 02 03 00 00 80 01 04", "client", 3)).toEqual([FRAME_FAULTS.messageTooBig]);
  });

  test("starts anew with each message and does not count control frames", () => {
    expect(decode("82 03 01 02 03 89 04 01 02 03 04 81 03 61 62 63", "client", 3)).toHaveLength(3);
  });

  test("of zero allows empty messages alone", () => {
    expect(decode("81 00", "client", 0)).toEqual([{ type: "text", text: "" }]);
    expect(decode("81 01 61", "client", 0)).toEqual([FRAME_FAULTS.messageTooBig]);
  });

  test.each([
    ["a 7-bit length", "82 04"],
    ["a 64-bit length", "82 7f 7f ff ff ff ff ff ff ff"],
    ["a length just above what a double holds exactly", "82 7f 00 20 00 00 00 00 00 01"],
  ])("refuses %s at the header, before any payload", (_, text) => {
    expect(decode(text, "client", 3)).toEqual([FRAME_FAULTS.messageTooBig]);
  });

  test("may be as large as an exact integer, and then still refuses what is larger", () => {
    const limit = Number.MAX_SAFE_INTEGER;
    expect(decode("82 7f 00 20 00 00 00 00 00 00", "client", limit)).toEqual([FRAME_FAULTS.messageTooBig]);
    expect(decode("82 7f 00 1f ff ff ff ff ff ff", "client", limit)).toEqual([]);
  });

  test.each([[-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY]])("cannot be %p", (messageMaxBytes) => {
    expect(() => createFrameDecoder("server", { messageMaxBytes })).toThrow(UsageError);
  });
});

describe("memory", () => {
  test("is reserved for what has come, not for what a header announces", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: 1 << 30 });
    const { heldMaxBytes } = drain(decoder, [hex("82 7f 00 00 00 00 40 00 00 00"), hex("01 02 03")]);
    expect(heldMaxBytes).toBeLessThanOrEqual(64);
  });

  test("of 131,000 one-byte fragments stays within one message", () => {
    const count = 131_000;
    const decoder = createFrameDecoder("server", { messageMaxBytes: 131_072 });
    const fragments = new Uint8Array(count * 7);
    for (let index = 0; index < count; index += 1) {
      const fin = index === count - 1 ? 0x80 : 0;
      fragments.set([fin | (index === 0 ? 2 : 0), 0x81, 1, 2, 3, 4, (index & 0xff) ^ 1], index * 7);
    }
    // A prime number of bytes, so that headers are cut in every place.
    const chunks = Array.from({ length: Math.ceil(fragments.length / 4093) }, (_, index) =>
      fragments.slice(index * 4093, (index + 1) * 4093),
    );
    const { events, heldMaxBytes } = drain(decoder, chunks);
    expect(events).toEqual([
      { type: "binary", bytes: Uint8Array.from({ length: count }, (_, index) => index & 0xff) },
    ]);
    expect(heldMaxBytes).toBeLessThanOrEqual(131_072 + 14);
    expect(decoder.heldBytes).toBe(0);
  });

  test("does not keep a chunk that is read to its end", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: LIMIT });
    const { heldMaxBytes } = drain(decoder, [concat(hex("82 7e ff ff"), new Uint8Array(65_535))]);
    expect(heldMaxBytes).toBe(0);
  });

  test("of a cut control frame is at most its 125 bytes", () => {
    const decoder = createFrameDecoder("client", { messageMaxBytes: 0 });
    const { heldMaxBytes, events } = drain(decoder, byByte(concat(hex("89 7d"), latin1("x".repeat(125)))));
    expect(events).toHaveLength(1);
    expect(heldMaxBytes).toBeLessThanOrEqual(125);
  });
});
