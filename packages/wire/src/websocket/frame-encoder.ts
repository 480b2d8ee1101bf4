// Messages and control frames to RFC 6455 frames, for both roles. A masking key makes it a client's frame; none makes
// it a server's. Keys are the caller's: four bytes that no one can predict, new for every frame (RFC 6455 §5.3).
import { UsageError } from "../bytes/usage-error.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { CLOSE_NO_STATUS, isWireCloseCode } from "./close-code.ts";
import { CONTROL_MAX_BYTES, isControl, OPCODE, type Opcode } from "./frame-header.ts";
import { applyMask, readMaskKey } from "./mask.ts";

/** Four random bytes for one frame of a client; absent in a frame of a server. */
export type MaskKey = Uint8Array | undefined;

/** Bytes of UTF-8 in a close reason: a control frame's payload without the code. */
export const CLOSE_REASON_MAX_BYTES = CONTROL_MAX_BYTES - 2;

/** A lone surrogate becomes U+FFFD. */
export function encodeText(text: string, maskKey?: MaskKey): Uint8Array<ArrayBuffer> {
  return encodeFrame(OPCODE.text, encodeUtf8(text), maskKey);
}

export function encodeBinary(bytes: Uint8Array, maskKey?: MaskKey): Uint8Array<ArrayBuffer> {
  return encodeFrame(OPCODE.binary, bytes, maskKey);
}

/** `bytes`: at most 125 (RFC 6455 §5.5); more throws `UsageError`. */
export function encodePing(bytes: Uint8Array, maskKey?: MaskKey): Uint8Array<ArrayBuffer> {
  return encodeFrame(OPCODE.ping, bytes, maskKey);
}

/** `bytes`: those of the ping that is answered (RFC 6455 §5.5.3). */
export function encodePong(bytes: Uint8Array, maskKey?: MaskKey): Uint8Array<ArrayBuffer> {
  return encodeFrame(OPCODE.pong, bytes, maskKey);
}

/**
 * `code`: one that may stand on the wire, or 1005 for a frame without code and reason; any other throws `UsageError`.
 * `reason`: cut to its first whole characters within 123 bytes, since a close must not fail over its explanation.
 */
export function encodeClose(code: number, reason: string, maskKey?: MaskKey): Uint8Array<ArrayBuffer> {
  if (code === CLOSE_NO_STATUS) return encodeFrame(OPCODE.close, new Uint8Array(0), maskKey);
  if (!isWireCloseCode(code)) throw new UsageError(`The close code ${code} may not be sent.`);
  const words = cutToCharacter(encodeUtf8(reason), CLOSE_REASON_MAX_BYTES);
  const payload = new Uint8Array(2 + words.length);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  payload.set(words, 2);
  return encodeFrame(OPCODE.close, payload, maskKey);
}

/**
 * One whole frame. `payload` is copied and left as it is; with `fin` false it is the first fragment of a message, or
 * with opcode 0 a later one.
 */
export function encodeFrame(
  opcode: Opcode,
  payload: Uint8Array,
  maskKey?: MaskKey,
  fin = true,
): Uint8Array<ArrayBuffer> {
  const headerBytes = headerLength(payload.length, maskKey);
  const frame = new Uint8Array(headerBytes + payload.length);
  writeHeader(frame, { opcode, payloadBytes: payload.length, maskKey, fin });
  frame.set(payload, headerBytes);
  if (maskKey !== undefined) applyMask(frame, headerBytes, frame.length, readMaskKey(maskKey, 0));
  return frame;
}

/**
 * The header alone, for a caller that writes the payload after it without copying. With a key the caller must mask
 * that payload itself, by `applyMask`.
 */
export function encodeHeader(
  opcode: Opcode,
  payloadBytes: number,
  maskKey?: MaskKey,
  fin = true,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(headerLength(payloadBytes, maskKey));
  writeHeader(header, { opcode, payloadBytes, maskKey, fin });
  return header;
}

function headerLength(payloadBytes: number, maskKey: MaskKey): number {
  return 2 + (payloadBytes < 126 ? 0 : payloadBytes < 0x1_0000 ? 2 : 8) + (maskKey === undefined ? 0 : 4);
}

interface HeaderFields {
  readonly opcode: Opcode;
  readonly payloadBytes: number;
  readonly maskKey: MaskKey;
  readonly fin: boolean;
}

function writeHeader(
  into: Uint8Array<ArrayBuffer>,
  { opcode, payloadBytes, maskKey, fin }: HeaderFields,
): void {
  if (isControl(opcode) && (payloadBytes > CONTROL_MAX_BYTES || !fin)) {
    throw new UsageError("A control frame is one frame of at most 125 bytes.");
  }
  if (!Number.isSafeInteger(payloadBytes) || payloadBytes < 0)
    throw new UsageError("A payload has a whole length.");
  if (maskKey !== undefined && maskKey.length !== 4) throw new UsageError("A masking key has four bytes.");
  const maskBit = maskKey === undefined ? 0 : 0x80;
  into[0] = (fin ? 0x80 : 0) | opcode;
  let at = 2;
  if (payloadBytes < 126) {
    into[1] = maskBit | payloadBytes;
  } else {
    // RFC 6455 §5.2: the shortest form, in network byte order.
    const width = payloadBytes < 0x1_0000 ? 2 : 8;
    into[1] = maskBit | (width === 2 ? 126 : 127);
    let rest = payloadBytes;
    for (let index = at + width - 1; index >= at; index -= 1) {
      into[index] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    at += width;
  }
  if (maskKey !== undefined) into.set(maskKey, at);
}

/** The longest run of whole characters within `maxBytes` of well-formed UTF-8. */
function cutToCharacter(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length <= maxBytes) return bytes;
  let end = maxBytes;
  // 10xxxxxx continues a character: the cut goes before its lead byte.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
