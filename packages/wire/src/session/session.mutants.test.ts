// Machines that are wrong in one rule, to see that the simulation would notice: each must be caught within 1,000
// histories. A mutant that lives is a promise that nobody watches.
import { describe, expect, test } from "bun:test";
import { runHistory } from "../../testing/session/history.ts";
import { SESSION_RULES, type SessionRules } from "./rules.ts";

const HISTORIES = 1000;

const MUTANTS: [string, Partial<SessionRules>][] = [
  ["does not look for duplicates", { isDuplicate: () => false }],
  ["takes the next number for a duplicate", { isDuplicate: (number, received) => number <= received + 1 }],
  ["takes the last number for a new one", { isDuplicate: (number, received) => number < received }],
  ["ignores credit", { mayFollow: () => true }],
  [
    "goes one message beyond the credit",
    { mayFollow: (unacked, _cost, credit) => unacked === 0 || unacked < credit },
  ],
  [
    "goes one byte beyond the credit",
    { mayFollow: (unacked, cost, credit) => unacked === 0 || unacked + cost <= credit + 1 },
  ],
  [
    "stops for ever at a message larger than the credit",
    { mayFollow: (unacked, cost, credit) => unacked + cost <= credit },
  ],
  ["lets empty messages be free", { cost: (payloadBytes) => payloadBytes }],
  ["counts one too many in a resume", { resumeCount: (taken) => taken + 1 }],
  ["counts one too few in a resume", { resumeCount: (taken) => Math.max(0, taken - 1) }],
  ["acknowledges what was not handed over", { ackCount: (_taken, received) => received }],
  ["acknowledges one too many", { ackCount: (taken) => taken + 1 }],
  ["never acknowledges the last", { ackCount: (taken) => Math.max(0, taken - 1) }],
  [
    "takes late frames of an old carrier for new ones",
    { numberOf: (next, received, isSending) => (isSending ? next : received + 1) },
  ],
  ["numbers a new carrier as the old one went on", { numberOf: (_next, received) => received + 1 }],
  ["leaves one message out on a new carrier", { firstToSend: (acked) => acked + 2 }],
  ["follows a late resume", { isLatest: () => true }],
  ["follows no resume", { isLatest: () => false }],
];

function findSeed(mutant: Partial<SessionRules>): number | undefined {
  const rules = { ...SESSION_RULES, ...mutant };
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    try {
      runHistory({ seed, rules, expires: false });
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe("the simulation notices a machine that", () => {
  test.each(MUTANTS)(
    "%s",
    (_, mutant) => {
      expect(findSeed(mutant)).toBeDefined();
    },
    60_000,
  );
});
