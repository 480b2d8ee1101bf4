// SHA-1 (RFC 3174), for `Sec-WebSocket-Accept` alone: there it proves that a server read the key and guards no secret.
// Not for signatures, passwords or tickets.

/**
 * The input padded to whole 64-byte blocks: 80, zeros, and its length in bits as 64 bits.
 * SHA-1 writes that length with the most significant byte first, MD5 with the least.
 */
export function padToBlocks(input: Uint8Array, littleEndian: boolean): DataView {
  const padded = new Uint8Array(Math.ceil((input.length + 9) / 64) * 64);
  padded.set(input);
  padded[input.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(input.length) * 8n, littleEndian);
  return view;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** f(t) and K(t) of RFC 3174 §5, summed. */
function roundTerm(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

/** The message schedule W(0..79) of one block (RFC 3174 §6.1, steps a and b). */
function fillSchedule(schedule: Int32Array, blocks: DataView, offset: number): void {
  for (let t = 0; t < 16; t += 1) schedule[t] = blocks.getInt32(offset + t * 4);
  for (let t = 16; t < 80; t += 1) {
    const mixed =
      (schedule[t - 3] ?? 0) ^ (schedule[t - 8] ?? 0) ^ (schedule[t - 14] ?? 0) ^ (schedule[t - 16] ?? 0);
    schedule[t] = rotateLeft(mixed, 1);
  }
}

/** The 20-byte digest. */
export function sha1(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = padToBlocks(input, false);
  const schedule = new Int32Array(80);
  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let offset = 0; offset < blocks.byteLength; offset += 64) {
    fillSchedule(schedule, blocks, offset);
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4];
    for (let t = 0; t < 80; t += 1) {
      const next = (rotateLeft(a, 5) + roundTerm(t, b, c, d) + e + (schedule[t] ?? 0)) | 0;
      [a, b, c, d, e] = [next, a, rotateLeft(b, 30), c, d];
    }
    [h0, h1, h2, h3, h4] = [(h0 + a) | 0, (h1 + b) | 0, (h2 + c) | 0, (h3 + d) | 0, (h4 + e) | 0];
  }
  const digest = new DataView(new ArrayBuffer(20));
  for (const [index, word] of [h0, h1, h2, h3, h4].entries()) digest.setInt32(index * 4, word);
  return new Uint8Array(digest.buffer);
}
