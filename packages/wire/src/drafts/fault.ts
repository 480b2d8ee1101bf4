// How the frames of the drafts can be broken. The codes are those of RFC 6455 §7.4.1, for logs and for the session
// behind; the drafts have none on the wire.
import type { Fault } from "../websocket/fault.ts";

function fault(code: Fault["code"], reason: string): Fault {
  return Object.freeze({ type: "fault", code, reason });
}

export const DRAFT_FAULTS = {
  text: fault(1007, "A text frame of the draft protocol is not UTF-8."),
  messageTooBig: fault(1009, "A frame of the draft protocol is larger than the limit."),
  lengthTooLong: fault(1002, "The length of a frame of the draft protocol has more than eight bytes."),
  closeWithPayload: fault(1002, "A close frame of the draft protocol has a length."),
} as const satisfies Record<string, Fault>;
