// Follows the head of the server's answer to an upgrade request: its status, and how many of the bytes are head and
// not yet frames. Looks at nothing else.

/** An answer's head is ours; this only keeps a mistake from being read for ever. */
const ANSWER_HEAD_MAX_BYTES = 16_384;
/** RFC 9112 §4: version, space, three digits, space. */
const SWITCH = "HTTP/1.1 101 ";
const END = [0x0d, 0x0a, 0x0d, 0x0a];

export interface AnswerHead {
  /** Takes the next bytes of the answer; how many of them, from the first on, belong to the head. */
  push(chunk: Uint8Array): number;
  /** The empty line was seen. */
  readonly isComplete: boolean;
  /** Complete, and it was 101. */
  readonly isSwitch: boolean;
}

export function createAnswerHead(): AnswerHead {
  return new Head();
}

class Head implements AnswerHead {
  #status = "";
  #matched = 0;
  #byteCount = 0;

  get isComplete(): boolean {
    return this.#matched === END.length;
  }

  get isSwitch(): boolean {
    return this.isComplete && this.#status === SWITCH;
  }

  push(chunk: Uint8Array): number {
    let used = 0;
    while (used < chunk.length && !this.isComplete && this.#byteCount < ANSWER_HEAD_MAX_BYTES) {
      const byte = chunk[used] ?? 0;
      if (this.#status.length < SWITCH.length) this.#status += String.fromCharCode(byte);
      this.#matched = byte === END[this.#matched] ? this.#matched + 1 : byte === END[0] ? 1 : 0;
      this.#byteCount++;
      used++;
    }
    return used;
  }
}
