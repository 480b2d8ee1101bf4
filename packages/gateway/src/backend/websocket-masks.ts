// Masking keys (RFC 6455 §5.3): fresh and unpredictable for each frame, drawn in bulk, since asking the host for four
// bytes costs as much as asking it for thousands.
import type { FillRandom } from "../host/random-bytes.ts";

export interface MaskSource {
  /** Four bytes, valid until the next call. */
  next(): Uint8Array;
}

const MASK_BYTES = 4;
/** 1,024 masks a draw. */
const POOL_BYTES = 4096;

export function createMaskSource(fillRandom: FillRandom): MaskSource {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return {
    next() {
      if (used === POOL_BYTES) {
        fillRandom(pool);
        used = 0;
      }
      used += MASK_BYTES;
      return pool.subarray(used - MASK_BYTES, used);
    },
  };
}
