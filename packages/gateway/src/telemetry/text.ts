// Text of any origin made fit for a log line: bounded in bytes, and without a character that a terminal or a line
// reader could obey. Not an HTML, URL or shell encoder.

/** Bytes of UTF-8 of one value. Longer ones are cut, at a character, and say by how much. */
export const VALUE_MAX_BYTES = 1024;

/** A string of this length cannot exceed the limit: a UTF-16 unit takes at most three bytes. */
const CERTAINLY_SHORT_UNITS = Math.floor(VALUE_MAX_BYTES / 3);

/** Printable ASCII without the quotation mark and the backslash: may stand between quotation marks as it is. */
const HARMLESS = /^[ !#-[\]-~]*$/;

/**
 * Unicode category C and the line and paragraph separators. C holds controls (CR, ESC, C1), format characters (bidi
 * overrides and isolates, zero-width ones, tags), lone surrogates, and what is private or not assigned. LF is left
 * out: within a JSON string it cannot stand (RFC 8259 §7), between values it is layout.
 */
const UNSAFE = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;

/** Cuts `text` to `maxBytes` of UTF-8; what is cut off is counted in a mark behind it. */
export function limitText(text: string, maxBytes = VALUE_MAX_BYTES): string {
  if (text.length <= CERTAINLY_SHORT_UNITS && maxBytes >= VALUE_MAX_BYTES) return text;
  const totalBytes = Buffer.byteLength(text);
  if (totalBytes <= maxBytes) return text;
  const { read, written } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return `${text.slice(0, read)} [+${totalBytes - written} bytes]`;
}

/** The text as a JSON string of visible characters only. `JSON.parse` gives the text back, unit by unit. */
export function quoteText(text: string): string {
  if (HARMLESS.test(text)) return `"${text}"`;
  return escapeInJson(JSON.stringify(text));
}

/** The same JSON, in visible characters only: fit to be looked at on a terminal. */
export function escapeInJson(json: string): string {
  return json.replace(UNSAFE, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index++) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
