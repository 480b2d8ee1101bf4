// How much memory this process has in RAM. Cheap enough to ask at every handshake.
import { readFileSync } from "node:fs";
import { createProcFileReader } from "./proc-file.ts";

export interface MemoryFiles {
  /** `/proc/self/statm`, or `undefined`. */
  statm(): string | undefined;
  /** `/proc/self/auxv`, or `undefined`. */
  auxv(): Uint8Array | undefined;
  /** The slower way that works everywhere. May throw when there is no descriptor left. */
  fallbackBytes(): number;
}

function systemFiles(): MemoryFiles {
  return {
    statm: createProcFileReader("/proc/self/statm"),
    auxv() {
      try {
        return readFileSync("/proc/self/auxv");
      } catch {
        return undefined;
      }
    },
    fallbackBytes: () => process.memoryUsage.rss(),
  };
}

/** No page has this size. */
const UNKNOWN = 0;

/** Made once and called often. */
export function createMemoryReader(files: MemoryFiles = systemFiles()): () => number {
  let pageBytes: number | undefined;
  let lastBytes = 0;
  return () => {
    pageBytes ??= readPageBytes(files.auxv()) ?? UNKNOWN;
    const pages = pageBytes === UNKNOWN ? undefined : residentPages(files.statm());
    if (pages !== undefined) return pages * pageBytes;
    try {
      lastBytes = files.fallbackBytes();
    } catch {
      // No descriptor is left to read it with: what was true a moment ago is the best there is.
    }
    return lastBytes;
  };
}

/** Of this process: resident bytes, shared pages included, as `ps` and `top` show them. About 3 µs on Linux. */
export const readMemoryBytes: () => number = createMemoryReader();

/** `size resident shared …`, in pages (proc(5)). */
function residentPages(statm: string | undefined): number | undefined {
  const pages = /^\d+ (\d+) /.exec(statm ?? "")?.[1];
  return pages === undefined ? undefined : Number(pages);
}

/** The auxiliary vector is a list of pairs of native words; type 6 is the page size (getauxval(3), AT_PAGESZ). */
const PAGE_SIZE_TYPE = 6n;
const PAIR_BYTES = 16;

/** Pages have 4 KiB on most machines and 16 or 64 KiB on some with ARM. */
function readPageBytes(auxv: Uint8Array | undefined): number | undefined {
  if (auxv === undefined) return undefined;
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength);
  // The runtime exists for 64-bit little-endian machines only.
  for (let offset = 0; offset + PAIR_BYTES <= auxv.length; offset += PAIR_BYTES) {
    if (view.getBigUint64(offset, true) === PAGE_SIZE_TYPE)
      return Number(view.getBigUint64(offset + 8, true));
  }
  return undefined;
}
