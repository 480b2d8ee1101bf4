// The states of a session as a table.
//
//   opening   no carrier was opened yet
//   live      one carrier is the sending one
//   detached  no carrier is; the detach window runs
//   resuming  a resume was sent and not answered (initiator); the window goes on running
//   ended     nothing is delivered any more; a late resume is told the final numbers

export type SessionState = "opening" | "live" | "detached" | "resuming" | "ended";
export type SessionTrigger = "opened" | "resumeSent" | "resumed" | "carrierLost" | "ended";

export const SESSION_TRANSITIONS: Record<SessionState, Partial<Record<SessionTrigger, SessionState>>> = {
  opening: { opened: "live", ended: "ended" },
  // An overlap: the new carrier takes over, nothing stands still.
  live: { resumeSent: "live", resumed: "live", carrierLost: "detached", ended: "ended" },
  detached: { resumeSent: "resuming", resumed: "live", ended: "ended" },
  resuming: { resumeSent: "resuming", resumed: "live", carrierLost: "detached", ended: "ended" },
  ended: {},
};
