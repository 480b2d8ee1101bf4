// A stream of bytes that both ends can compute: each 64 KiB block carries its number, so that a lost, repeated or
// exchanged block changes the hash.

export const BLOCK_BYTES = 65_536;

export function blockAt(index: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES).fill(index & 255);
  new DataView(block.buffer).setUint32(0, index);
  return block;
}

/** SHA-1 over the first `blocks` blocks, in hex. */
export function hashOfBlocks(blocks: number): string {
  const hash = new Bun.CryptoHasher("sha1");
  for (let index = 0; index < blocks; index++) hash.update(blockAt(index));
  return hash.digest("hex");
}
