// What both ends of the RFC 6455 opening handshake must agree on: the key, its answer, and the fields that are the
// handshake's own. The two halves are client-handshake.ts and server-handshake.ts.
import { decodeBase64, encodeBase64 } from "../bytes/base64.ts";
import { sha1 } from "../bytes/sha1.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";

/** RFC 6455 §1.3. */
const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** RFC 6455 §4.1, item 7. */
const KEY_BYTES = 16;

/** RFC 6455 §4.1, item 9. The one version that is spoken here. */
export const WEBSOCKET_VERSION = "13";

/** `Sec-WebSocket-Key` from 16 random bytes, new for every connection. */
export function formatKey(random: Uint8Array): string {
  if (random.length !== KEY_BYTES) throw new UsageError("A handshake key is made of 16 bytes.");
  return encodeBase64(random);
}

/** RFC 6455 §4.2.1, item 5: base64 of 16 bytes. */
export function isKey(key: string): boolean {
  return decodeBase64(key)?.length === KEY_BYTES;
}

/** `Sec-WebSocket-Accept` for a key (RFC 6455 §4.2.2, item 5.4). */
export function acceptKey(key: string): string {
  return encodeBase64(sha1(encodeUtf8(key + ACCEPT_GUID)));
}

/** Fields that the handshake or the framing of HTTP sets itself: extra fields may not name them. */
const OWN_FIELDS = new Set([
  "host",
  "upgrade",
  "connection",
  "origin",
  "content-length",
  "transfer-encoding",
]);

/** Throws `UsageError` when an extra field would contradict the handshake. */
export function assertExtraField(name: string): void {
  const lowerCase = name.toLowerCase();
  if (OWN_FIELDS.has(lowerCase) || /^(?:sec-)?websocket-/.test(lowerCase)) {
    throw new UsageError(`The field ${lowerCase} is set by the handshake itself.`);
  }
}
