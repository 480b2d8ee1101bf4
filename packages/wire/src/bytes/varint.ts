// Whole numbers from 0 to 2^53 - 1 in as few bytes as they need (unsigned LEB128: seven bits a byte, the lowest first,
// the high bit set on all but the last). Only the shortest form is read, so that a number has one spelling.
//
//   0..127          0xxxxxxx
//   128..16383      1xxxxxxx 0xxxxxxx
//   up to 2^53 - 1  eight bytes, of which the last is at most 0x0f
import { UsageError } from "./usage-error.ts";

/** The longest: 53 bits in groups of seven. */
export const VARINT_MAX_BYTES = 8;
/** What `readVarint` says when the bytes end inside a number. */
export const VARINT_INCOMPLETE = -1;
/** What `readVarint` says when no number below 2^53 in its shortest form begins here, whatever may follow. */
export const VARINT_INVALID = -2;

/** Bytes that a number takes. Throws when it is no whole number from 0 to 2^53 - 1. */
export function varintBytes(value: number): number {
  if (value < 128 && value >= 0 && Number.isInteger(value)) return 1;
  if (!Number.isSafeInteger(value) || value < 0)
    throw new UsageError("A varint is a whole number from 0 to 2^53 - 1.");
  let count = 1;
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) count += 1;
  return count;
}

/** Writes from `at` on; answers where it ends. There must be room for `varintBytes(value)`. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest >= 128) {
    bytes[end] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
    end += 1;
  }
  bytes[end] = rest;
  return end + 1;
}

/**
 * The number that begins at `at`, or `VARINT_INCOMPLETE` or `VARINT_INVALID`, both below zero. Its length is
 * `varintBytes(value)`, since only the shortest form is read.
 */
export function readVarint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let count = 1; at + count <= end; count += 1) {
    const byte = bytes[at + count - 1] ?? 0;
    // 49 bits are in front of the eighth byte: more than four bits there, or a ninth byte, pass 2^53 - 1.
    if (count === VARINT_MAX_BYTES && byte > 0x0f) return VARINT_INVALID;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return byte === 0 && count > 1 ? VARINT_INVALID : value;
    scale *= 128;
  }
  return VARINT_INCOMPLETE;
}
