// The door to small text files that are read while the gateway is being set up, such as certificates.
import { readFileSync } from "node:fs";

/** The operator named a file that cannot be read; the message says which and why. */
export class TextFileError extends Error {
  override readonly name = "TextFileError";
}

export function readTextFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new TextFileError(`cannot read ${file}`, { cause });
  }
}
