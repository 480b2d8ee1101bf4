// The name of a run, which is also the right to use it: nobody can guess one.
import type { FillRandom } from "../../host/random-bytes.ts";

/** 128 random bits as 22 characters of base64url (RFC 4648 §5). */
export function createRunId(fill: FillRandom): string {
  const bytes = new Uint8Array(16);
  fill(bytes);
  return Buffer.from(bytes).toString("base64url");
}
