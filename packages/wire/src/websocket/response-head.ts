// The head of an HTTP/1 response, up to its empty line, read from chunks under a byte limit. Strict, since the far end
// is a server that was chosen: no bare line feeds, no folded lines, no white space before a colon. Not a body reader.
import { createByteBuffer } from "../bytes/byte-buffer.ts";
import { isFieldValue, isToken, trimBlanks } from "../bytes/http-token.ts";
import { UsageError } from "../bytes/usage-error.ts";

export interface ResponseHead {
  /** Such as `1.1`. */
  readonly httpVersion: string;
  readonly status: number;
  /** Lower-case names; the value of each line by itself, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

export interface HeadLimits {
  /** Bytes of the whole head, the empty line included. A longer one is refused when this byte was read. */
  readonly headMaxBytes: number;
}

export type HeadOutcome =
  /** `rest`: what came after the head in the same chunk, as a view of it. */
  | { readonly type: "head"; readonly head: ResponseHead; readonly rest: Uint8Array }
  | { readonly type: "fault"; readonly problem: "head-too-large" | "head-malformed" };

export interface HeadReader {
  /** Takes the next bytes; `undefined` while the head is not whole. Throws once there was an outcome. */
  read(chunk: Uint8Array): HeadOutcome | undefined;
  readonly heldBytes: number;
}

export function createHeadReader(limits: HeadLimits): HeadReader {
  const collected = createByteBuffer(limits.headMaxBytes);
  let matched = 0;
  let isDone = false;

  /** Where the head ends in the chunk, or -1. */
  function findEnd(chunk: Uint8Array, end: number): number {
    for (let at = 0; at < end; at += 1) {
      matched = matchEmptyLine(matched, chunk[at] ?? 0);
      if (matched === 4) return at + 1;
    }
    return -1;
  }

  return {
    get heldBytes() {
      return collected.capacity;
    },
    read(chunk) {
      if (isDone) throw new UsageError("The head was read already.");
      const room = Math.min(chunk.length, limits.headMaxBytes - collected.byteLength);
      const end = findEnd(chunk, room);
      collected.append(chunk, 0, end === -1 ? room : end);
      if (end === -1 && collected.byteLength < limits.headMaxBytes) return undefined;
      isDone = true;
      const bytes = collected.take();
      if (end === -1) return { type: "fault", problem: "head-too-large" };
      const head = parseHead(bytes);
      if (head === undefined) return { type: "fault", problem: "head-malformed" };
      return { type: "head", head, rest: chunk.subarray(end) };
    },
  };
}

/** How many bytes of CR LF CR LF are matched after this one. */
function matchEmptyLine(matched: number, byte: number): number {
  if (byte === 0x0d) return matched === 2 ? 3 : 1;
  if (byte === 0x0a) return matched === 1 ? 2 : matched === 3 ? 4 : 0;
  return 0;
}

/** RFC 9112 §4: version, space, three digits, space, a reason that nobody reads. The last space is often left out. */
const STATUS_LINE = /^HTTP\/(\d\.\d) (\d{3})(?: .*)?$/;

function parseHead(bytes: Uint8Array): ResponseHead | undefined {
  const lines = decodeLatin1(bytes).split("\r\n");
  const status = STATUS_LINE.exec(lines[0] ?? "");
  if (status === null) return undefined;
  const fields = new Map<string, string[]>();
  // The text ends with an empty line and its line end: two empty strings that are no fields.
  for (const line of lines.slice(1, -2)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = trimBlanks(line.slice(colon + 1));
    // RFC 9112 §5.1, §5.2: no white space before the colon, no folded lines; both are no tokens.
    if (colon === -1 || !isToken(name) || !isFieldValue(value)) return undefined;
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return { httpVersion: status[1] ?? "", status: Number(status[2]), fields };
}

/** One unit for each byte, which keeps obs-text (RFC 9110 §5.5) as it is. */
function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
