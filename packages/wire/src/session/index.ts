// Resumable sessions, `sluice.1`: a numbered two-way stream of messages that outlives its carriers.
// docs/protocol/session.md is the normative text.
export { createSessionMachine } from "./create-session-machine.ts";
export { decodeFrame } from "./decode-frame.ts";
export { encodeBinary, encodeFrame, encodeText } from "./encode-frame.ts";
export type { EndedEvent, LostNumbers, SessionEvent, SessionOutcome } from "./event.ts";
export { SESSION_FAULTS, type SessionFault } from "./fault.ts";
export { type ExtensionFrame, FRAME_TYPE, type Frame, type Message } from "./frame.ts";
export { createFrameSplitter, type FrameSplitter, prefixFrame } from "./frame-splitter.ts";
export { type FrameLimits, frameMaxBytes } from "./limits.ts";
export { MESSAGE_OVERHEAD_BYTES } from "./rules.ts";
export type { AttachOptions, SessionMachine } from "./session-machine.ts";
export type { SessionState } from "./session-state.ts";
export { INITIAL_CREDIT_BYTES, type SessionRole, type SessionSettings } from "./settings.ts";
export {
  FIRST_GENERATION,
  judgeTicket,
  type PresentedTicket,
  type TicketGenerations,
  type TicketVerdict,
} from "./ticket-generation.ts";
