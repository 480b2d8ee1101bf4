// Seeded histories of two machines over bad carriers. SLUICE_SIM_SEED is the first seed (default 1),
// SLUICE_SIM_HISTORIES how many (default 10000). A failure names the seed that shows it alone.
import { describe, expect, test } from "bun:test";
import { type HistoryReport, runHistory } from "../../testing/session/history.ts";
import { SESSION_RULES } from "./rules.ts";

const FIRST_SEED = Number(process.env.SLUICE_SIM_SEED ?? 1);
const HISTORIES = Number(process.env.SLUICE_SIM_HISTORIES ?? 10_000);
/** A million take minutes. */
const TIMEOUT_MS = 20_000 + HISTORIES * 10;

function runAll(firstSeed: number, histories: number, expires: boolean): HistoryReport[] {
  const reports: HistoryReport[] = [];
  for (let seed = firstSeed; seed < firstSeed + histories; seed += 1) {
    try {
      reports.push(runHistory({ seed, rules: SESSION_RULES, expires }));
    } catch (error) {
      throw new Error(`SLUICE_SIM_SEED=${seed} SLUICE_SIM_HISTORIES=1 (expires: ${expires})`, {
        cause: error,
      });
    }
  }
  return reports;
}

function total(reports: readonly HistoryReport[], of: (report: HistoryReport) => number): number {
  return reports.reduce((sum, report) => sum + of(report), 0);
}

describe("two machines over bad carriers", () => {
  test(
    "deliver every message once and in order, both ways, whatever happens to carriers",
    () => {
      const reports = runAll(FIRST_SEED, HISTORIES, false);
      if (HISTORIES < 1000) return;
      // The histories went through what they are for.
      expect(total(reports, ({ resumes }) => resumes)).toBeGreaterThan(HISTORIES);
      expect(total(reports, ({ repeats }) => repeats)).toBeGreaterThan(HISTORIES / 20);
      expect(total(reports, ({ messages }) => messages)).toBeGreaterThan(10 * HISTORIES);
      expect(
        reports.filter(({ outcomes }) => outcomes.every((outcome) => outcome === "closed")).length,
      ).toBeGreaterThan(0.9 * HISTORIES);
    },
    TIMEOUT_MS,
  );

  test(
    "tell every loss with exact numbers when the detach window is too short",
    () => {
      const histories = Math.ceil(HISTORIES / 5);
      const reports = runAll(FIRST_SEED, histories, true);
      if (HISTORIES < 1000) return;
      const expired = reports.filter(({ outcomes }) => outcomes.includes("expired"));
      expect(expired.length).toBeGreaterThan(histories / 5);
      expect(expired.filter(({ outcomes }) => outcomes[0] === "aborted").length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
