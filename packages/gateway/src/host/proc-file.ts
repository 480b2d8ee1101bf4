// A file of Linux's /proc that is read again and again: opened once, since reading must also work when there is no
// descriptor left to open it with, and since that costs a third.
import { openSync, readSync } from "node:fs";

/** Larger than any file that is read this way: /proc/self/limits has some 1,300 bytes. */
const FILE_MAX_BYTES = 4096;

/** Reads the whole text as it is now; `undefined` where there is no such file. Keeps one descriptor from the first reading on. */
export function createProcFileReader(path: string): () => string | undefined {
  const buffer = Buffer.alloc(FILE_MAX_BYTES);
  let descriptor: number | undefined;
  return () => {
    try {
      descriptor ??= openSync(path, "r");
      // From position 0 the kernel writes the text anew.
      return buffer.toString("latin1", 0, readSync(descriptor, buffer, 0, FILE_MAX_BYTES, 0));
    } catch {
      return undefined;
    }
  };
}
