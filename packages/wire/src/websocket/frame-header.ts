// The header of one frame (RFC 6455 §5.2), checked by itself. What depends on the frames before it is the decoder's.
//
//   byte 0   FIN 1 | RSV1-3 3 | opcode 4
//   byte 1   MASK 1 | length 7          0..125 itself, 126: 16 bits follow, 127: 64 bits follow
//   0/2/8    extended length            big-endian, shortest form only, below 2^63
//   0/4      masking key                present exactly in frames of a client
import { type Fault, FRAME_FAULTS } from "./fault.ts";
import { readMaskKey } from "./mask.ts";

/** Which end this side is: a server reads masked frames and writes unmasked ones, a client the other way round. */
export type Role = "client" | "server";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

/** The longest header: two bytes, a 64-bit length, a key. */
export const HEADER_MAX_BYTES = 14;
/** RFC 6455 §5.5. */
export const CONTROL_MAX_BYTES = 125;

/** Filled in by `readFrameHeader`; one object serves all frames of a connection. */
export interface FrameHeader {
  fin: boolean;
  /** One of `OPCODE`'s values once a header was read. */
  opcode: number;
  payloadBytes: number;
  /** Zero in a frame without a key, which changes nothing. */
  maskKey: number;
  headerBytes: number;
}

export function createFrameHeader(): FrameHeader {
  return { fin: false, opcode: 0, payloadBytes: 0, maskKey: 0, headerBytes: 0 };
}

export function isControl(opcode: number): boolean {
  return opcode >= OPCODE.close;
}

function checkFirstBytes(first: number, second: number, role: Role): Fault | undefined {
  // RFC 6455 §5.2: reserved bits are zero unless an extension says otherwise, and no extension is spoken here.
  if ((first & 0x70) !== 0) return FRAME_FAULTS.reservedBits;
  const opcode = first & 0x0f;
  if ((opcode > OPCODE.binary && opcode < OPCODE.close) || opcode > OPCODE.pong) return FRAME_FAULTS.opcode;
  if (isControl(opcode)) {
    if ((first & 0x80) === 0) return FRAME_FAULTS.controlFragmented;
    if ((second & 0x7f) > CONTROL_MAX_BYTES) return FRAME_FAULTS.controlTooLong;
  }
  const masked = (second & 0x80) !== 0;
  // RFC 6455 §5.1: the client masks every frame, the server none; the other end must then fail the connection.
  if (role === "server") return masked ? undefined : FRAME_FAULTS.unmasked;
  return masked ? FRAME_FAULTS.masked : undefined;
}

/** The length that follows the first two bytes, or what is wrong with it. Exact: values above 2^53 only ever exceed limits. */
function readExtendedLength(bytes: Uint8Array, at: number, width: 2 | 8): number | Fault {
  let length = 0;
  for (let index = 0; index < width; index += 1) length = length * 256 + (bytes[at + index] ?? 0);
  if (width === 2) return length < 126 ? FRAME_FAULTS.lengthNotMinimal : length;
  if (((bytes[at] ?? 0) & 0x80) !== 0) return FRAME_FAULTS.lengthTopBit;
  return length < 0x1_0000 ? FRAME_FAULTS.lengthNotMinimal : length;
}

/**
 * Reads the header that starts at `start`, of which the bytes up to `end` are there. `"incomplete"`: call again with
 * more. Checks come in the order of the bytes they need, so a fault does not depend on how the bytes were cut.
 */
export function readFrameHeader(
  header: FrameHeader,
  role: Role,
  bytes: Uint8Array,
  span: { readonly start: number; readonly end: number },
): "complete" | "incomplete" | Fault {
  const { start, end } = span;
  if (end - start < 2) return "incomplete";
  const first = bytes[start] ?? 0;
  const second = bytes[start + 1] ?? 0;
  const broken = checkFirstBytes(first, second, role);
  if (broken !== undefined) return broken;

  const shortLength = second & 0x7f;
  const lengthWidth = shortLength < 126 ? 0 : shortLength === 126 ? 2 : 8;
  let at = start + 2;
  if (end - at < lengthWidth) return "incomplete";
  const length = lengthWidth === 0 ? shortLength : readExtendedLength(bytes, at, lengthWidth);
  if (typeof length !== "number") return length;
  at += lengthWidth;

  if (role === "server") {
    if (end - at < 4) return "incomplete";
    header.maskKey = readMaskKey(bytes, at);
    at += 4;
  }
  header.fin = (first & 0x80) !== 0;
  header.opcode = first & 0x0f;
  header.payloadBytes = length;
  header.headerBytes = at - start;
  return "complete";
}
