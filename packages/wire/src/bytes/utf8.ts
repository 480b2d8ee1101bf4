// UTF-8 (RFC 3629): text to bytes, bytes to text, and a validator for bytes that arrive in pieces.
// Strict throughout: nothing is replaced while decoding, and a byte order mark is text like any other.
//
//   00..7F                                  1 byte
//   C2..DF 80..BF                           2 bytes (C0 and C1 would be overlong)
//   E0 A0..BF 80..BF                        3 bytes, not overlong
//   E1..EC | EE..EF  80..BF 80..BF          3 bytes
//   ED 80..9F 80..BF                        3 bytes, no surrogates
//   F0 90..BF  80..BF 80..BF                4 bytes, not overlong
//   F1..F3 80..BF 80..BF 80..BF             4 bytes
//   F4 80..8F 80..BF 80..BF                 4 bytes, not above U+10FFFF

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A lone surrogate, which UTF-8 cannot carry, becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

/** `undefined` when the bytes are not well-formed UTF-8 or end inside a character. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}

export interface Utf8Validator {
  /**
   * Takes the bytes from `start` to `end`. `false` as soon as no continuation could make the whole well-formed,
   * and for ever after.
   */
  push(bytes: Uint8Array, start: number, end: number): boolean;
  /** No character is cut at the end of what was pushed, and nothing was refused. */
  readonly isComplete: boolean;
}

/** `continuations` bytes must follow, the first of them within `low` and `high`, the rest within 80..BF. */
interface Utf8State {
  continuations: number;
  low: number;
  high: number;
}

/** Sets what must follow the lead byte. `false` when it cannot lead. */
function expectAfter(lead: number, state: Utf8State): boolean {
  if (lead < 0xc2 || lead > 0xf4) return false;
  state.continuations = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  state.low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  state.high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return true;
}

export function createUtf8Validator(): Utf8Validator {
  return new Validator();
}

class Validator implements Utf8Validator {
  readonly #state: Utf8State = { continuations: 0, low: 0x80, high: 0xbf };
  #refused = false;

  push(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#refused && !this.#accepts(bytes, start, end)) this.#refused = true;
    return !this.#refused;
  }

  #accepts(bytes: Uint8Array, start: number, end: number): boolean {
    const state = this.#state;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (state.continuations === 0) {
        if (byte >= 0x80 && !expectAfter(byte, state)) return false;
      } else {
        if (byte < state.low || byte > state.high) return false;
        state.low = 0x80;
        state.high = 0xbf;
        state.continuations -= 1;
      }
    }
    return true;
  }

  get isComplete(): boolean {
    return !this.#refused && this.#state.continuations === 0;
  }
}
