// How a session says that its peer broke the protocol: a value with the close code to end with. Never thrown.

export interface SessionFault {
  readonly type: "fault";
  /** 1002 protocol error, 1007 not UTF-8, 1008 more than is taken, 1009 too large (RFC 6455 §7.4.1). */
  readonly code: 1002 | 1007 | 1008 | 1009;
  /** One sentence in our own words, without a byte from the peer; at most 123 bytes, fit for a close reason. */
  readonly reason: string;
}

function fault(code: SessionFault["code"], reason: string): SessionFault {
  return Object.freeze({ type: "fault", code, reason });
}

/** Every fault of the session protocol. The numbers are paragraphs of docs/protocol/session.md. */
export const SESSION_FAULTS = {
  empty: fault(1002, "A frame has no type (session 2.1)."),
  frameType: fault(1002, "The frame type is reserved (session 2.3)."),
  truncated: fault(1002, "A frame ends inside a field (session 2.2)."),
  trailing: fault(1002, "A frame goes on after its last field (session 2.2)."),
  varint: fault(1002, "A number is not in its shortest form or not below 2^53 (session 2.2)."),
  field: fault(1002, "A field has a value that is not allowed (session 3)."),
  frameTooBig: fault(1009, "A frame is larger than any that is allowed (session 4.2)."),
  messageTooBig: fault(1009, "The message is larger than the limit (session 3.1)."),
  controlTooBig: fault(1009, "A ticket or control payload is larger than the limit (session 3)."),
  text: fault(1007, "Text is not UTF-8 (session 3.1)."),
  role: fault(1002, "The frame belongs to the other role (session 3)."),
  early: fault(1002, "A frame came before its carrier was opened or resumed (session 6)."),
  again: fault(1002, "A frame that comes once came again (session 6)."),
  gap: fault(1002, "A number was left out (session 5.4)."),
  unsent: fault(1002, "A number was acknowledged that was never sent (session 5.5)."),
  credit: fault(1008, "More bytes were sent than granted (session 7.4)."),
  afterClose: fault(1002, "A message came after the close (session 8.2)."),
  flood: fault(1008, "More unnumbered frames were sent than are taken (session 9.2)."),
} as const satisfies Record<string, SessionFault>;
