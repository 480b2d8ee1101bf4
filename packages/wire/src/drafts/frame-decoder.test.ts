import { describe, expect, test } from "bun:test";
import { byByte, concat, hex, latin1 } from "../../testing/bytes.ts";
import { drain } from "../../testing/drain.ts";
import { UsageError } from "../bytes/usage-error.ts";
import type { Draft } from "./draft.ts";
import { DRAFT_FAULTS } from "./fault.ts";
import { createDraftFrameDecoder } from "./frame-decoder.ts";

const LIMIT = 1 << 20;

/** What the decoder says to these bytes, in one piece and byte by byte; both must agree. */
function decode(text: string, draft: Draft = "hixie-76", messageMaxBytes = LIMIT) {
  const whole = drain(createDraftFrameDecoder(draft, { messageMaxBytes }), [hex(text)]).events;
  const bits = drain(createDraftFrameDecoder(draft, { messageMaxBytes }), byByte(hex(text))).events;
  expect(bits).toEqual(whole);
  return whole;
}

describe.each<Draft>(["hixie-75", "hixie-76"])("%s", (draft) => {
  test("has text between 00 and FF", () => {
    expect(decode("00 48 65 6c 6c 6f ff", draft)).toEqual([{ type: "text", text: "Hello" }]);
    expect(decode("00 ff 00 e2 82 ac ff", draft)).toEqual([
      { type: "text", text: "" },
      { type: "text", text: "\u20ac" },
    ]);
  });

  test("has binary behind 80 and a length", () => {
    // The 16 bytes of a talk's slide, with the lead byte that is right.
    const greeting = latin1("Hello, WebSocket");
    const { events } = drain(createDraftFrameDecoder(draft, { messageMaxBytes: 16 }), [
      concat(hex("80 10"), greeting),
    ]);
    expect(events).toEqual([{ type: "binary", bytes: greeting }]);
    expect(decode("80 00 80 01 ff", draft)).toEqual([
      { type: "binary", bytes: hex("") },
      { type: "binary", bytes: hex("ff") },
    ]);
  });

  test.each([
    [127, "80 7f"],
    [128, "80 81 00"],
    [16_383, "80 ff 7f"],
    [16_384, "80 81 80 00"],
    [3, "80 80 80 03"],
  ])("has lengths of %d in base-128, most significant group first", (length, header) => {
    const payload = new Uint8Array(length).fill(0x61);
    const { events } = drain(createDraftFrameDecoder(draft, { messageMaxBytes: LIMIT }), [
      concat(hex(header), payload),
    ]);
    expect(events).toEqual([{ type: "binary", bytes: payload }]);
  });

  test("skips the reserved types, up to FF or by their length", () => {
    expect(decode("01 61 ff 7f 62 c0 ff 81 02 ff 00 fe 00 00 63 ff", draft)).toEqual([
      { type: "text", text: "c" },
    ]);
  });

  test("refuses text that is not UTF-8, at the byte that makes it so", () => {
    expect(decode("00 ed a0 80 ff", draft)).toEqual([DRAFT_FAULTS.text]);
    expect(decode("00 e2 82 ff", draft)).toEqual([DRAFT_FAULTS.text]);
    expect(decode("00 61 80", draft)).toEqual([DRAFT_FAULTS.text]);
  });

  test("keeps a byte order mark", () => {
    expect(decode("00 ef bb bf 41 ff", draft)).toEqual([{ type: "text", text: "\ufeffA" }]);
  });
});

describe("ill-formed text", () => {
  test("is found in a frame that is not whole", () => {
    const decoder = createDraftFrameDecoder("hixie-76", { messageMaxBytes: LIMIT });
    decoder.push(hex("00 61 f0"));
    expect(decoder.next()).toBeUndefined();
    decoder.push(hex("8f"));
    expect(decoder.next()).toEqual(DRAFT_FAULTS.text);
  });

  test("does not spoil what comes after a sound frame", () => {
    const decoder = createDraftFrameDecoder("hixie-76", { messageMaxBytes: LIMIT });
    const { events } = drain(decoder, [hex("00 e2"), hex("82 ac ff 00 61"), hex("ff")]);
    expect(events).toEqual([
      { type: "text", text: "\u20ac" },
      { type: "text", text: "a" },
    ]);
  });
});

describe("the close frame FF 00", () => {
  test("is the last event of hixie-76: what follows is discarded and not held", () => {
    const decoder = createDraftFrameDecoder("hixie-76", { messageMaxBytes: LIMIT });
    decoder.push(hex("00 61 ff ff 00 00 62 ff"));
    decoder.push(hex("00 63 ff"));
    expect(decoder.next()).toEqual({ type: "text", text: "a" });
    expect(decoder.next()).toEqual({ type: "close", code: 1005, reason: "" });
    decoder.push(hex("00 63 ff"));
    expect(decoder.next()).toBeUndefined();
    expect(decoder.heldBytes).toBe(0);
  });

  test("may spell its zero in several bytes", () => {
    expect(decode("ff 80 00")).toEqual([{ type: "close", code: 1005, reason: "" }]);
  });

  test("with a length is a fault, as soon as that is not zero", () => {
    expect(decode("ff 01 61")).toEqual([DRAFT_FAULTS.closeWithPayload]);
    expect(decode("ff 81")).toEqual([DRAFT_FAULTS.closeWithPayload]);
    expect(decode("ff 01", "hixie-76", 0)).toEqual([DRAFT_FAULTS.closeWithPayload]);
  });

  test("does not exist in hixie-75, which skips it like its neighbours", () => {
    expect(decode("ff 00 ff 02 ff ff 00 61 ff", "hixie-75")).toEqual([{ type: "text", text: "a" }]);
  });
});

describe("the message limit", () => {
  test("lets a message of exactly its size through, and one byte more not", () => {
    expect(decode("00 61 62 63 ff", "hixie-76", 3)).toEqual([{ type: "text", text: "abc" }]);
    expect(decode("00 61 62 63 64 ff", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
    expect(decode("80 03 01 02 03", "hixie-76", 3)).toEqual([{ type: "binary", bytes: hex("01 02 03") }]);
    expect(decode("80 04 01 02 03 04", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
  });

  test("refuses text at the byte beyond, before its end is there", () => {
    expect(decode("00 61 62 63", "hixie-76", 3)).toEqual([]);
    expect(decode("00 61 62 63 64", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
  });

  test("refuses a length before any payload, and before its last group", () => {
    expect(decode("80 04", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
    expect(decode("80 84", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
    expect(decode("80 ff ff ff ff ff ff ff", "hixie-76")).toEqual([DRAFT_FAULTS.messageTooBig]);
  });

  test("holds for skipped frames too", () => {
    expect(decode("05 61 62 63 ff", "hixie-76", 3)).toEqual([]);
    expect(decode("05 61 62 63 64", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
    expect(decode("81 03 61 62 63", "hixie-76", 3)).toEqual([]);
    expect(decode("81 04", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
  });

  test("tells first what comes first: a byte that is no text, or the byte beyond the limit", () => {
    expect(decode("00 61 80 63 64 ff", "hixie-76", 3)).toEqual([DRAFT_FAULTS.text]);
    expect(decode("00 61 62 63 80 ff", "hixie-76", 3)).toEqual([DRAFT_FAULTS.messageTooBig]);
  });

  test("of zero allows empty messages alone", () => {
    expect(decode("00 ff 80 00 00 61", "hixie-76", 0)).toEqual([
      { type: "text", text: "" },
      { type: "binary", bytes: hex("") },
      DRAFT_FAULTS.messageTooBig,
    ]);
  });

  test.each([[-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY]])("cannot be %p", (messageMaxBytes) => {
    expect(() => createDraftFrameDecoder("hixie-75", { messageMaxBytes })).toThrow(UsageError);
  });
});

test("a length may have eight bytes and not a ninth", () => {
  expect(decode("80 80 80 80 80 80 80 80 01 61")).toEqual([{ type: "binary", bytes: hex("61") }]);
  expect(decode("80 80 80 80 80 01 61 80 80 80 80 80 01 62")).toEqual([
    { type: "binary", bytes: hex("61") },
    { type: "binary", bytes: hex("62") },
  ]);
  expect(decode("80 80 80 80 80 80 80 80 80")).toEqual([DRAFT_FAULTS.lengthTooLong]);
});

describe("memory", () => {
  test("is not reserved for what a length announces", () => {
    const decoder = createDraftFrameDecoder("hixie-76", { messageMaxBytes: 1 << 30 });
    const { heldMaxBytes } = drain(decoder, [hex("80 84 80 80 80 00"), hex("01 02 03")]);
    expect(heldMaxBytes).toBeLessThanOrEqual(64);
  });

  test("is not taken by skipped frames", () => {
    const decoder = createDraftFrameDecoder("hixie-76", { messageMaxBytes: LIMIT });
    expect(drain(decoder, byByte(concat(hex("05"), new Uint8Array(500)))).heldMaxBytes).toBe(0);
    const other = createDraftFrameDecoder("hixie-76", { messageMaxBytes: LIMIT });
    expect(drain(other, byByte(concat(hex("81 84 00"), new Uint8Array(500)))).heldMaxBytes).toBe(0);
  });
});

test("a fault is final: nothing after it is read, and nothing is held", () => {
  const decoder = createDraftFrameDecoder("hixie-76", { messageMaxBytes: LIMIT });
  decoder.push(hex("00 61"));
  decoder.push(hex("ff 00 ff"));
  decoder.push(hex("80 04 01"));
  decoder.push(hex("02 03 04 ff 01"));
  expect([decoder.next(), decoder.next(), decoder.next()]).toEqual([
    { type: "text", text: "a" },
    { type: "text", text: "" },
    { type: "binary", bytes: hex("01 02 03 04") },
  ]);
  expect(decoder.next()).toBe(DRAFT_FAULTS.closeWithPayload);
  decoder.push(hex("00 61 ff"));
  expect(decoder.next()).toBe(DRAFT_FAULTS.closeWithPayload);
  expect(decoder.heldBytes).toBe(0);
});
