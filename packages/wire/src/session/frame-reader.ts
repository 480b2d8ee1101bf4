// Reads the fields of one frame in order. The first thing wrong is kept, and every read after it answers something
// harmless: a decoder reads all its fields and asks once.
import { decodeUtf8 } from "../bytes/utf8.ts";
import { readVarint, VARINT_INCOMPLETE, VARINT_INVALID, varintBytes } from "../bytes/varint.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";

const EMPTY = new Uint8Array(0);

export class FrameReader {
  readonly #bytes: Uint8Array;
  /** Past the type. */
  #at = 1;
  #fault: SessionFault | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return this.fail(SESSION_FAULTS.truncated);
    this.#at += 1;
    return byte;
  }

  varint(): number {
    const value = readVarint(this.#bytes, this.#at, this.#bytes.length);
    if (value === VARINT_INCOMPLETE) return this.fail(SESSION_FAULTS.truncated);
    if (value === VARINT_INVALID) return this.fail(SESSION_FAULTS.varint);
    this.#at += varintBytes(value);
    return value;
  }

  /** Bytes behind their length; `tooBig` when the length exceeds the limit, before the bytes are looked at. */
  field(maxBytes: number, tooBig: SessionFault): Uint8Array {
    const byteLength = this.varint();
    if (byteLength > maxBytes) this.fail(tooBig);
    else if (byteLength > this.#bytes.length - this.#at) this.fail(SESSION_FAULTS.truncated);
    if (this.#fault !== undefined) return EMPTY;
    const field = this.#bytes.subarray(this.#at, this.#at + byteLength);
    this.#at += byteLength;
    return field;
  }

  /** All that is left. */
  rest(maxBytes: number, tooBig: SessionFault): Uint8Array {
    const rest = this.#bytes.subarray(this.#at);
    this.#at = this.#bytes.length;
    if (rest.length > maxBytes) this.fail(tooBig);
    return rest;
  }

  text(bytes: Uint8Array): string {
    const text = bytes.length === 0 ? "" : decodeUtf8(bytes);
    if (text === undefined) this.fail(SESSION_FAULTS.text);
    return text ?? "";
  }

  /** Keeps the first fault. Zero, so that a reader of numbers can leave with it. */
  fail(fault: SessionFault): 0 {
    this.#fault ??= fault;
    return 0;
  }

  /** The frame, unless something was wrong or is left over. */
  end<F>(frame: F): F | SessionFault {
    if (this.#fault === undefined && this.#at < this.#bytes.length) return SESSION_FAULTS.trailing;
    return this.#fault ?? frame;
  }
}
