// MD5 (RFC 1321), for the challenge of the hixie-76 handshake alone, where it guards no secret.
// Not for anything that must resist forgery.
import { padToBlocks } from "./sha1.ts";

/** How far each of the four operations of a round rotates (RFC 1321 §3.4). */
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** T[i] of RFC 1321 §3.4: the integer part of 4294967296 times abs(sin(i)), i in radians, for i from 1 to 64. */
const SINES = Int32Array.from(
  { length: 64 },
  (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 0x1_0000_0000) | 0,
);

/** F, G, H and I of RFC 1321 §3.4. */
function mix(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (b & d) | (c & ~d);
  if (round === 2) return b ^ c ^ d;
  return c ^ (b | ~d);
}

/** Which word of the block step `i` takes. */
function wordIndex(round: number, i: number): number {
  if (round === 0) return i;
  if (round === 1) return (5 * i + 1) % 16;
  if (round === 2) return (3 * i + 5) % 16;
  return (7 * i) % 16;
}

/** The 16-byte digest. */
export function md5(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = padToBlocks(input, true);
  let [h0, h1, h2, h3] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let offset = 0; offset < blocks.byteLength; offset += 64) {
    let [a, b, c, d] = [h0, h1, h2, h3];
    for (let i = 0; i < 64; i += 1) {
      const round = i >> 4;
      const word = blocks.getInt32(offset + wordIndex(round, i) * 4, true);
      const sum = (a + mix(round, b, c, d) + word + (SINES[i] ?? 0)) | 0;
      const shift = SHIFTS[round]?.[i & 3] ?? 0;
      [a, b, c, d] = [d, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0, b, c];
    }
    [h0, h1, h2, h3] = [(h0 + a) | 0, (h1 + b) | 0, (h2 + c) | 0, (h3 + d) | 0];
  }
  const digest = new DataView(new ArrayBuffer(16));
  for (const [index, word] of [h0, h1, h2, h3].entries()) digest.setInt32(index * 4, word, true);
  return new Uint8Array(digest.buffer);
}
