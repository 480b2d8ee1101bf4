import { describe, expect, test } from "bun:test";
import { fromHex, vectors, withBytes } from "../../testing/session/vectors.ts";
import { decodeFrame } from "./decode-frame.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";

const LIMITS = vectors.limits;
// The vectors name faults by the keys of the table; a name that is not there finds nothing and fails.
const FAULTS: Record<string, SessionFault> = SESSION_FAULTS;

function withRest(head: string, byteLength: number): Uint8Array {
  return Uint8Array.of(...fromHex(head), ...new Uint8Array(byteLength).fill(0x61));
}

describe("the frame decoder", () => {
  test.each(vectors.frames)("reads $hex (session 3)", ({ hex, frame }) => {
    expect<unknown>(decodeFrame(fromHex(hex), LIMITS)).toEqual(withBytes(frame));
  });

  test.each(vectors.skipped)("skips the extension %s (session 2.3)", (hex) => {
    expect(decodeFrame(fromHex(hex), LIMITS)).toEqual({ type: "extension" });
  });

  test.each(vectors.faults)("refuses $hex: $fault", ({ hex, fault }) => {
    expect(FAULTS[fault]).toBeDefined();
    expect<unknown>(decodeFrame(fromHex(hex), LIMITS)).toBe(FAULTS[fault]);
  });

  test.each([
    ["text", "01", LIMITS.messageMaxBytes, SESSION_FAULTS.messageTooBig],
    ["binary", "02", LIMITS.messageMaxBytes, SESSION_FAULTS.messageTooBig],
    ["topic", "0d0100000a", LIMITS.messageMaxBytes, SESSION_FAULTS.messageTooBig],
    ["auth", "0b", LIMITS.controlMaxBytes, SESSION_FAULTS.controlTooBig],
    ["notice", "0c", LIMITS.controlMaxBytes, SESSION_FAULTS.controlTooBig],
    ["move", "0a", LIMITS.controlMaxBytes, SESSION_FAULTS.controlTooBig],
    ["resume", "05010001", LIMITS.controlMaxBytes, SESSION_FAULTS.controlTooBig],
    ["resumed", "06010001", LIMITS.controlMaxBytes, SESSION_FAULTS.controlTooBig],
    ["ping", "08", 125, SESSION_FAULTS.field],
    ["pong", "09", 125, SESSION_FAULTS.field],
    ["close", "07010003e8", 123, SESSION_FAULTS.field],
    ["opened", "0400000000", 255, SESSION_FAULTS.field],
  ] as const)("limits what %s carries at the edge", (type, head, maxBytes, fault) => {
    expect(decodeFrame(withRest(head, maxBytes), LIMITS).type).toBe(type);
    expect(decodeFrame(withRest(head, maxBytes + 1), LIMITS)).toBe(fault);
  });

  test("limits the ticket of opened, the topic and the epoch at the edge", () => {
    // 256 is 80 02, 255 is ff 01.
    expect(decodeFrame(withRest("040000008002", 256), LIMITS).type).toBe("opened");
    expect(decodeFrame(withRest("040000008102", 257), LIMITS)).toBe(SESSION_FAULTS.controlTooBig);
    expect(decodeFrame(Uint8Array.of(...withRest("0d01ff01", 255), 0, 0), LIMITS).type).toBe("topic");
    expect(decodeFrame(Uint8Array.of(...withRest("0d018002", 256), 0, 0), LIMITS)).toBe(SESSION_FAULTS.field);
    expect(decodeFrame(Uint8Array.of(...withRest("0d010040", 64), 0), LIMITS).type).toBe("topic");
    expect(decodeFrame(Uint8Array.of(...withRest("0d010041", 65), 0), LIMITS)).toBe(SESSION_FAULTS.field);
  });

  test("every fault fits a WebSocket Close frame as its reason", () => {
    for (const { reason } of Object.values(SESSION_FAULTS)) expect(reason.length).toBeLessThanOrEqual(123);
  });
});
