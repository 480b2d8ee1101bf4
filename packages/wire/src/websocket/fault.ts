// How a decoder says that the peer broke the protocol: a value with the close code to answer with. Never thrown.

export interface Fault {
  readonly type: "fault";
  /** 1002 protocol error, 1007 text that is not UTF-8, 1009 a message above the limit (RFC 6455 §7.4.1). */
  readonly code: 1002 | 1007 | 1009;
  /** One sentence in our own words, without a byte from the peer; fit for a log and for a close reason. */
  readonly reason: string;
}

function fault(code: Fault["code"], reason: string): Fault {
  return Object.freeze({ type: "fault", code, reason });
}

/** Every fault of RFC 6455 frames. Section numbers name the rule that was broken. */
export const FRAME_FAULTS = {
  reservedBits: fault(1002, "A reserved bit is set and no extension was agreed (RFC 6455 5.2)."),
  opcode: fault(1002, "The opcode is reserved (RFC 6455 5.2)."),
  controlFragmented: fault(1002, "A control frame is fragmented (RFC 6455 5.5)."),
  controlTooLong: fault(1002, "A control frame is longer than 125 bytes (RFC 6455 5.5)."),
  unmasked: fault(1002, "A frame from a client is not masked (RFC 6455 5.1)."),
  masked: fault(1002, "A frame from a server is masked (RFC 6455 5.1)."),
  lengthTopBit: fault(1002, "The top bit of a 64-bit length is set (RFC 6455 5.2)."),
  lengthNotMinimal: fault(1002, "A length is not in its shortest form (RFC 6455 5.2)."),
  continuationFirst: fault(1002, "A continuation frame continues nothing (RFC 6455 5.4)."),
  messageInterrupted: fault(1002, "A message starts inside another one (RFC 6455 5.4)."),
  closeTruncated: fault(1002, "A close frame holds half a status code (RFC 6455 5.5.1)."),
  closeCode: fault(1002, "A close frame holds a status code that may not be sent (RFC 6455 7.4)."),
  closeReason: fault(1007, "A close reason is not UTF-8 (RFC 6455 5.5.1)."),
  text: fault(1007, "A text message is not UTF-8 (RFC 6455 8.1)."),
  messageTooBig: fault(1009, "The message is larger than the limit (RFC 6455 7.4.1)."),
} as const satisfies Record<string, Fault>;
