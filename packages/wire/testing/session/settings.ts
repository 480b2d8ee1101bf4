// Settings for tests: the usual ones, small, with what a test changes.
import type { SessionSettings } from "../../src/session/settings.ts";

export function testSettings(changes: Partial<SessionSettings> = {}): SessionSettings {
  return {
    messageMaxBytes: 1024,
    controlMaxBytes: 256,
    windowBytes: 65_536,
    replayMaxBytes: 65_536,
    initialCreditBytes: 65_536,
    ackBytes: 32_768,
    ackDelayMs: 250,
    ackRideBytes: 4096,
    detachWindowMs: 60_000,
    unnumberedMaxBytes: 4096,
    ...changes,
  };
}
