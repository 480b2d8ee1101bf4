import { expect, test } from "bun:test";
import { concat } from "../../testing/bytes.ts";
import { decodeFrame } from "./decode-frame.ts";
import { encodeFrame } from "./encode-frame.ts";
import type { Frame } from "./frame.ts";
import { frameMaxBytes } from "./limits.ts";

const MAX = Number.MAX_SAFE_INTEGER;

test.each<[string, { messageMaxBytes: number; controlMaxBytes: number }, Frame]>([
  [
    "a topic message",
    { messageMaxBytes: 1000, controlMaxBytes: 0 },
    {
      type: "topic",
      topic: "a".repeat(255),
      epoch: new Uint8Array(64),
      offset: MAX,
      message: { type: "binary", bytes: new Uint8Array(1000) },
    },
  ],
  [
    "opened",
    { messageMaxBytes: 0, controlMaxBytes: 1000 },
    {
      type: "opened",
      creditBytes: MAX,
      messageMaxBytes: MAX,
      detachWindowMs: MAX,
      ticket: new Uint8Array(1000),
      subprotocol: "a".repeat(255),
    },
  ],
])("the longest frame has room for the largest of %s", (_, limits, frame) => {
  const bytes = encodeFrame(frame);
  expect(bytes.length).toBeLessThanOrEqual(frameMaxBytes(limits));
  expect(decodeFrame(bytes, limits).type).toBe(frame.type);
  // One byte more is no frame of this type any more.
  expect(decodeFrame(concat(bytes, Uint8Array.of(0x61)), limits).type).toBe("fault");
});
