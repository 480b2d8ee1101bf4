// The character classes of HTTP fields (RFC 9110 §5.5, §5.6.2) and comma lists (§5.6.1). Not an HTTP parser.
// Strings here are as HTTP libraries give them: one UTF-16 unit for one byte of the field.
import { UsageError } from "./usage-error.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Field content: visible characters, obs-text, and space or tab between them (RFC 9110 §5.5). May be empty. */
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** RFC 9110 §5.6.2. Field names and subprotocol names are tokens. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** May stand after a field's colon as it is: no line break, no control, nothing outside one byte, no white space around it. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/** `uri-host [ ":" port ]` by its characters (RFC 9110 §7.2, RFC 3986 §3.2.2). Never empty: a WebSocket has an authority. */
const HOST = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]+$/;
/** A path and a query, as they stand in a request line (RFC 9112 §3.2.1). */
const ORIGIN_FORM = /^\/[\x21\x22\x24-\x7e]*$/;

export function isHost(text: string): boolean {
  return HOST.test(text);
}

/** An absolute path with an optional query: no white space, no control, no fragment. */
export function isOriginForm(text: string): boolean {
  return ORIGIN_FORM.test(text);
}

/** The non-empty elements of a comma list, white space around them removed (RFC 9110 §5.6.1.2). Knows no quoted strings. */
export function splitList(value: string): string[] {
  return value
    .split(",")
    .map((element) => trimBlanks(element))
    .filter((element) => element !== "");
}

/** Without optional white space, which is space and tab alone (RFC 9110 §5.6.3). */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether a comma list holds this lower-case token, in any case (RFC 9110 §7.6.1, §7.8). */
export function listHasToken(value: string, token: string): boolean {
  return splitList(value).some((element) => element.toLowerCase() === token);
}

/**
 * A start line and fields as bytes, with the empty line that ends them. Throws `UsageError` where a name or a value
 * could end its line: whoever passes a peer's words on must have judged them before.
 */
export function formatHead(
  startLine: string,
  fields: Iterable<readonly [name: string, value: string]>,
): Uint8Array<ArrayBuffer> {
  if (!isFieldValue(startLine)) throw new UsageError("The start line is not one line of field characters.");
  let head = `${startLine}\r\n`;
  for (const [name, value] of fields) {
    if (!isToken(name)) throw new UsageError("A field name is not a token.");
    if (!isFieldValue(value)) throw new UsageError(`The value of the field ${name} is not a field value.`);
    head += `${name}: ${value}\r\n`;
  }
  return encodeLatin1(`${head}\r\n`);
}

/** One byte for each unit; the units were checked to fit. */
function encodeLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
