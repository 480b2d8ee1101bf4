import { expect, test } from "bun:test";
import type { Finding } from "./question.ts";
import { formatResults, formatTable, formatVerdict, type Result } from "./report.ts";

function finding(fields: Partial<Finding>): Finding {
  return { claim: "gateway / bare", unit: "×", figure: { median: 1.5, least: 1.4, most: 1.6 }, ...fields };
}

test("a verdict says met, or by how much the goal was missed", () => {
  expect(formatVerdict(finding({ goal: 2, verdict: { met: true } }))).toBe("met");
  expect(formatVerdict(finding({ goal: 1.25, verdict: { met: false, by: 0.2 } }))).toBe("missed by 20 %");
  expect(formatVerdict(finding({ goal: 1, verdict: { met: false, by: 0.009 } }))).toBe(
    "missed by less than 1 %",
  );
  expect(formatVerdict(finding({ goal: 1, verdict: { met: false, by: Number.NaN } }))).toBe(
    "missed: not a number",
  );
});

test("a figure from a busy machine says so, whatever its verdict", () => {
  const isDisturbed = true;
  expect(formatVerdict(finding({ goal: 2, verdict: { met: true }, isDisturbed }))).toBe("met, busy machine");
  expect(formatVerdict(finding({ isDisturbed }))).toBe("busy machine");
});

test("a finding without a goal has no verdict", () => {
  expect(formatVerdict(finding({}))).toBe("");
});

test("the columns of a table are aligned", () => {
  expect(formatTable(["a", "long name"], [["wide cell", "1"]])).toBe(
    ["| a         | long name |", "| --------- | --------- |", "| wide cell | 1         |"].join("\n"),
  );
});

test("a failed question is shown with its reason, beside the others' figures", () => {
  const conditions = {
    startedAt: "then",
    commit: "abc",
    machine: "m",
    loadAverage: 0.5,
    versions: { bun: "1" },
  };
  const results: Result[] = [
    {
      id: "good",
      title: "One that worked",
      conditions,
      plan: "quick",
      answer: { findings: [finding({ goal: 2, verdict: { met: true } })], tables: [], notes: [], runs: {} },
    },
    { id: "bad", title: "One that failed", conditions, plan: "quick", failure: "no server" },
  ];
  const text = formatResults(results);
  expect(text).toContain("| gateway / bare | 1.5 × (1.4–1.6)");
  expect(text).toContain("≤ 2 ×");
  expect(text).toContain("**Failed:** no server");
  expect(text).toContain("load average before the run 0.50; bun 1.");
});
