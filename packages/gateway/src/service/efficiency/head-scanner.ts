// Follows what an HTTP/1.1 client sends, just far enough to say to which request each byte belongs. Stricter than
// the standard on purpose: what two readers could take for two different requests (RFC 9112 §11.2) is a fault, so
// that nothing passes here which the server behind would read otherwise. Parses no responses and no frames.

/** Bytes of one request head, the empty line included. The gateway's own default limit. */
export const HEAD_MAX_BYTES = 16_384;

export interface RequestHead {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent; empty when there is none. */
  readonly host: string;
  /** Asks for a WebSocket. Whatever follows belongs to it, once `switched` was called. */
  readonly isUpgrade: boolean;
  readonly bodyBytes: number;
}

export type HeadFault =
  | "head too large"
  | "malformed request line"
  | "malformed header line"
  | "ambiguous body"
  | "unexpected body"
  | "unexpected upgrade"
  | "bytes after an upgrade request";

export type Span =
  | { readonly kind: "head"; readonly head: RequestHead; readonly bytes: Uint8Array }
  /** Of the last head's request. */
  | { readonly kind: "body"; readonly bytes: Uint8Array }
  /** After the switch of protocols. */
  | { readonly kind: "tunnel"; readonly bytes: Uint8Array }
  | { readonly kind: "fault"; readonly fault: HeadFault };

export interface HeadScanner {
  /** The scanner holds the chunk's memory until `next` has answered `undefined`; then it has copied what it keeps. */
  push(chunk: Uint8Array): void;
  /** The next bytes whose owner is known; `undefined` when more are needed; a fault, for ever, after a breach. */
  next(): Span | undefined;
  /** The server answered the upgrade request with 101. */
  switched(): void;
}

export function createHeadScanner(headMaxBytes = HEAD_MAX_BYTES): HeadScanner {
  return new Scanner(headMaxBytes);
}

const NOTHING = new Uint8Array(0);
const CR = 0x0d;
const LF = 0x0a;

/**
 * `head`: a request begins or is incomplete. `body`: `#bodyLeft` bytes of it are to come. `upgrading`: the last
 * request asked for a WebSocket and is not answered. `tunnel`: it was answered with 101. `faulted`: for ever.
 */
type State = "head" | "body" | "upgrading" | "tunnel" | "faulted";

class Scanner implements HeadScanner {
  readonly #headMaxBytes: number;
  #state: State = "head";
  #fault: HeadFault | undefined;
  #input: Uint8Array = NOTHING;
  /** Bytes of the input in which no end of a head begins. */
  #searched = 0;
  #bodyLeft = 0;
  #isFirst = true;

  constructor(headMaxBytes: number) {
    this.#headMaxBytes = headMaxBytes;
  }

  push(chunk: Uint8Array): void {
    if (this.#state === "faulted") return;
    // At most a head is ever held, so that joining costs at most the limit a chunk.
    this.#input = this.#input.length === 0 ? chunk : joined(this.#input, chunk);
  }

  next(): Span | undefined {
    if (this.#state === "faulted") return this.#fail(this.#fault ?? "malformed request line");
    if (this.#input.length === 0) return undefined;
    if (this.#state === "head") return this.#nextHead();
    if (this.#state === "upgrading") return this.#fail("bytes after an upgrade request");
    if (this.#state === "tunnel") return { kind: "tunnel", bytes: this.#take(this.#input.length) };
    const bytes = this.#take(Math.min(this.#bodyLeft, this.#input.length));
    this.#bodyLeft -= bytes.length;
    if (this.#bodyLeft === 0) this.#state = "head";
    return { kind: "body", bytes };
  }

  switched(): void {
    if (this.#state === "upgrading") this.#state = "tunnel";
  }

  #nextHead(): Span | undefined {
    const end = findHeadEnd(this.#input, this.#searched);
    if ((end ?? this.#input.length) > this.#headMaxBytes) return this.#fail("head too large");
    if (end === undefined) {
      // The end may have begun in the last three bytes.
      this.#searched = Math.max(0, this.#input.length - 3);
      this.#input = this.#input.slice();
      return undefined;
    }
    const bytes = this.#take(end);
    this.#searched = 0;
    const head = parseHead(bytes);
    if (typeof head === "string") return this.#fail(head);
    // A browser opens a connection for each WebSocket. On a used one, an earlier answer could be taken for this one's.
    if (head.isUpgrade && !this.#isFirst) return this.#fail("unexpected upgrade");
    this.#isFirst = false;
    this.#bodyLeft = head.bodyBytes;
    this.#state = head.isUpgrade ? "upgrading" : head.bodyBytes > 0 ? "body" : "head";
    return { kind: "head", head, bytes };
  }

  #take(byteCount: number): Uint8Array {
    const bytes = this.#input.subarray(0, byteCount);
    this.#input = this.#input.subarray(byteCount);
    return bytes;
  }

  #fail(fault: HeadFault): Span {
    this.#state = "faulted";
    this.#fault = fault;
    this.#input = NOTHING;
    return { kind: "fault", fault };
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** The index after the first empty line, which ends a head (RFC 9112 §2.1). */
export function findHeadEnd(bytes: Uint8Array, from = 0): number | undefined {
  for (let at = bytes.indexOf(CR, from); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at + 4;
  }
  return undefined;
}

/** Origin-form only (RFC 9112 §3.2.1): a path that another reader might take for a full URL does not pass. */
const REQUEST_LINE = /^([A-Z]{1,16}) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** RFC 9110 §5.1 and §5.5. No space before the colon, no folding, no control character but the tab. */
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
const CONTENT_LENGTH = /^\d{1,9}$/;

/** A complete head, its empty line included. */
function parseHead(bytes: Uint8Array): RequestHead | HeadFault {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - 4).toString("latin1");
  const [requestLine = "", ...lines] = text.split("\r\n");
  const [, method, target] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) return "malformed request line";
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return "malformed header line";
    const key = name.toLowerCase();
    // RFC 9112 §6.3: a body whose length can be read in two ways is how requests are smuggled.
    if (key === "transfer-encoding" || (key === "content-length" && fields.has(key))) return "ambiguous body";
    fields.set(key, value.trim());
  }
  const length = fields.get("content-length") ?? "0";
  if (!CONTENT_LENGTH.test(length)) return "ambiguous body";
  const bodyBytes = Number(length);
  const upgrade = fields.get("upgrade")?.toLowerCase();
  if (bodyBytes > 0 && (method !== "POST" || upgrade !== undefined)) return "unexpected body";
  // Another protocol, such as h2c, would carry requests that are not seen from here.
  if (upgrade !== undefined && upgrade !== "websocket") return "unexpected upgrade";
  return {
    method,
    path: target.split("?", 1)[0] ?? target,
    host: fields.get("host") ?? "",
    isUpgrade: upgrade !== undefined,
    bodyBytes,
  };
}
