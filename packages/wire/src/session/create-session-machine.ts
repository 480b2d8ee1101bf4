// Makes a session machine by the rules of the protocol. Only tests make one by others.
import { SESSION_RULES } from "./rules.ts";
import { SessionCore } from "./session-core.ts";
import type { SessionMachine } from "./session-machine.ts";
import { assertSettings, type SessionRole, type SessionSettings } from "./settings.ts";

export function createSessionMachine(role: SessionRole, settings: SessionSettings): SessionMachine {
  assertSettings(role, settings);
  return new SessionCore(role, settings, SESSION_RULES);
}
