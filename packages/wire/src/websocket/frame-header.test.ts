import { describe, expect, test } from "bun:test";
import { hex } from "../../testing/bytes.ts";
import { FRAME_FAULTS } from "./fault.ts";
import { createFrameHeader, type Role, readFrameHeader } from "./frame-header.ts";

function read(text: string, role: Role) {
  const header = createFrameHeader();
  const bytes = hex(text);
  return { header, outcome: readFrameHeader(header, role, bytes, { start: 0, end: bytes.length }) };
}

describe("a frame header (RFC 6455 §5.2)", () => {
  test.each([
    ["7 bits", "82 7d", 125],
    ["16 bits, least", "82 7e 00 7e", 126],
    ["16 bits, most", "82 7e ff ff", 65_535],
    ["64 bits, least", "82 7f 00 00 00 00 00 01 00 00", 65_536],
    ["64 bits, the largest exact integer", "82 7f 00 1f ff ff ff ff ff ff", Number.MAX_SAFE_INTEGER],
  ])("has a length in %s", (_, text, payloadBytes) => {
    const { header, outcome } = read(text, "client");
    expect(outcome).toBe("complete");
    expect(header).toEqual({ fin: true, opcode: 2, payloadBytes, maskKey: 0, headerBytes: hex(text).length });
  });

  test("has a key after the length, and is incomplete until its last byte", () => {
    const text = "01 fe 01 00 01 02 03 84";
    for (let end = 0; end < 8; end += 1) {
      const outcome = readFrameHeader(createFrameHeader(), "server", hex(text), { start: 0, end });
      expect(outcome).toBe("incomplete");
    }
    const { header, outcome } = read(text, "server");
    expect(outcome).toBe("complete");
    expect(header).toEqual({
      fin: false,
      opcode: 1,
      payloadBytes: 256,
      maskKey: 0x84030201 | 0,
      headerBytes: 8,
    });
  });

  test("is read from where it starts", () => {
    const header = createFrameHeader();
    expect(readFrameHeader(header, "client", hex("ff ff 82 03"), { start: 2, end: 4 })).toBe("complete");
    expect(header.payloadBytes).toBe(3);
    expect(header.headerBytes).toBe(2);
  });

  test.each([
    ["RSV1", "c2 00", FRAME_FAULTS.reservedBits],
    ["RSV2", "a2 00", FRAME_FAULTS.reservedBits],
    ["RSV3", "92 00", FRAME_FAULTS.reservedBits],
    ["a masked frame from a server (RFC 6455 §5.1)", "82 80", FRAME_FAULTS.masked],
    ["a fragmented ping (RFC 6455 §5.5)", "09 00", FRAME_FAULTS.controlFragmented],
    ["a fragmented close (RFC 6455 §5.5)", "08 00", FRAME_FAULTS.controlFragmented],
    ["a pong with a 16-bit length (RFC 6455 §5.5)", "8a 7e", FRAME_FAULTS.controlTooLong],
    ["a ping with a 64-bit length (RFC 6455 §5.5)", "89 7f", FRAME_FAULTS.controlTooLong],
    ["16 bits for a length of 125", "82 7e 00 7d", FRAME_FAULTS.lengthNotMinimal],
    ["64 bits for a length of 65535", "82 7f 00 00 00 00 00 00 ff ff", FRAME_FAULTS.lengthNotMinimal],
    ["64 bits for a length of 0", "82 7f 00 00 00 00 00 00 00 00", FRAME_FAULTS.lengthNotMinimal],
    ["a 64-bit length with its top bit set", "82 7f 80 00 00 00 00 01 00 00", FRAME_FAULTS.lengthTopBit],
  ])("is refused with %s", (_, text, fault) => {
    expect(read(text, "client").outcome).toEqual(fault);
  });

  test("is refused without a key from a client (RFC 6455 §5.1)", () => {
    expect(read("82 00", "server").outcome).toEqual(FRAME_FAULTS.unmasked);
  });

  test("allows exactly the opcodes 0, 1, 2, 8, 9 and 10", () => {
    const allowed = Array.from({ length: 16 }, (_, opcode) => opcode).filter((opcode) => {
      const bytes = Uint8Array.of(0x80 | opcode, 0);
      return readFrameHeader(createFrameHeader(), "client", bytes, { start: 0, end: 2 }) === "complete";
    });
    expect(allowed).toEqual([0, 1, 2, 8, 9, 10]);
  });
});
