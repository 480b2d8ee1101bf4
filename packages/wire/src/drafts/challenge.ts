// The challenge of hixie-76: two numbers hidden in header lines and eight bytes after the head, answered by an MD5.
// It shows that a server read the handshake as a WebSocket; it is no secret.
//
//   challenge   number of Key1, 32 bits big-endian | number of Key2, 32 bits big-endian | 8 bytes after the head
//   answer      MD5 of these 16 bytes, raw, after the head of the response
import { md5 } from "../bytes/md5.ts";
import { UsageError } from "../bytes/usage-error.ts";

/** Bytes after the request's head, with no length field before them. */
export const KEY3_BYTES = 8;
/** Bytes after the response's head. */
export const ANSWER_BYTES = 16;
const NUMBER_MAX = 0xffff_ffff;
/** Draft -76 §4.1, steps 16 and 20: 1 to 12 spaces and 1 to 12 other characters are put into a key. */
const INSERTED_MAX = 12;

/**
 * The number in a key (draft -76 §5.2, steps 4 and 5): its digits as one integer, divided by its spaces. `undefined`
 * without a space or a digit, with a remainder, or when the quotient needs more than 32 bits.
 */
export function parseKeyNumber(key: string): number | undefined {
  let digits = 0;
  let digitCount = 0;
  let spaces = 0;
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    if (code === 0x20) spaces += 1;
    else if (code >= 0x30 && code <= 0x39) {
      digits = digits * 10 + (code - 0x30);
      digitCount += 1;
      // Beyond 2^53 the remainder would be a guess, and only millions of spaces could bring it back to 32 bits.
      if (digits > Number.MAX_SAFE_INTEGER) return undefined;
    }
  }
  if (spaces === 0 || digitCount === 0 || digits % spaces !== 0) return undefined;
  const number = digits / spaces;
  return number > NUMBER_MAX ? undefined : number;
}

/** The 16 bytes that answer the two numbers and the eight bytes after the request's head. */
export function answerChallenge(number1: number, number2: number, key3: Uint8Array): Uint8Array<ArrayBuffer> {
  if (key3.length !== KEY3_BYTES) throw new UsageError("The bytes after the head are eight.");
  const challenge = new Uint8Array(8 + KEY3_BYTES);
  const view = new DataView(challenge.buffer);
  view.setUint32(0, number1);
  view.setUint32(4, number2);
  challenge.set(key3, 8);
  return md5(challenge);
}

/**
 * A key that hides `number` behind `spaces` spaces (1 to 12) and some other characters. `noise` decides where: one
 * random byte for each space, then two for each other character, of which there are 1 to 12.
 */
export function formatKeyNumber(number: number, spaces: number, noise: Uint8Array): string {
  const others = (noise.length - spaces) / 2;
  if (!isCount(spaces) || !isCount(others))
    throw new UsageError("A key holds 1 to 12 spaces and 1 to 12 others.");
  if (!Number.isInteger(number) || number < 0 || number * spaces > NUMBER_MAX) {
    throw new UsageError("The number times the spaces must fit in 32 bits.");
  }
  let key = String(number * spaces);
  for (let at = spaces; at < noise.length; at += 2) {
    key = insert(key, (noise[at] ?? 0) % (key.length + 1), otherCharacter(noise[at + 1] ?? 0));
  }
  // Never first or last, where a field value loses them.
  for (let at = 0; at < spaces; at += 1) key = insert(key, 1 + ((noise[at] ?? 0) % (key.length - 1)), " ");
  return key;
}

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= INSERTED_MAX;
}

function insert(text: string, at: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at);
}

/** One of 21..2F and 3A..7E: visible, and no digit. */
function otherCharacter(noise: number): string {
  const index = noise % (15 + 69);
  return String.fromCharCode(index < 15 ? 0x21 + index : 0x3a + index - 15);
}
