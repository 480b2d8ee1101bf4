// The results as Markdown whose tables are aligned, so that the same text reads well on a terminal.
import type { Conditions } from "./conditions.ts";
import { digits, percent } from "./format.ts";
import type { Answer, Finding } from "./question.ts";
import type { Verdict } from "./statistics.ts";

export interface Result {
  readonly id: string;
  readonly title: string;
  readonly conditions: Conditions;
  readonly plan: string;
  /** Absent when the question failed; then `failure` says why. */
  readonly answer?: Answer;
  readonly failure?: string;
}

const FINDING_COLUMNS = ["figure", "measured (least–most)", "goal", "verdict"];

export function formatVerdict({ verdict, isDisturbed }: Finding): string {
  const caveat = isDisturbed ? "busy machine" : "";
  if (verdict === undefined) return caveat;
  return `${judgement(verdict)}${caveat && `, ${caveat}`}`;
}

function judgement(verdict: Verdict): string {
  if (verdict.met) return "met";
  if (!Number.isFinite(verdict.by)) return "missed: not a number";
  return verdict.by < 0.01 ? "missed by less than 1 %" : `missed by ${percent(verdict.by)}`;
}

function findingRow(finding: Finding): string[] {
  const { figure, unit, goal } = finding;
  const measured = `${digits(figure.median)} ${unit} (${digits(figure.least)}–${digits(figure.most)})`;
  return [
    finding.claim,
    measured,
    goal === undefined ? "" : `≤ ${digits(goal)} ${unit}`,
    formatVerdict(finding),
  ];
}

export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(3, ...lines.map((line) => line[i]?.length ?? 0)));
  const format = (line: readonly string[]) =>
    `| ${widths.map((width, i) => (line[i] ?? "").padEnd(width)).join(" | ")} |`;
  return [
    format(columns),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...rows.map(format),
  ].join("\n");
}

export function formatResult(result: Result): string {
  const { conditions, answer } = result;
  const parts = [`## ${result.id}: ${result.title}`];
  if (answer === undefined) parts.push(`**Failed:** ${result.failure}`);
  else {
    parts.push(formatTable(FINDING_COLUMNS, answer.findings.map(findingRow)));
    for (const table of answer.tables)
      parts.push(`### ${table.title}`, formatTable(table.columns, table.rows));
    parts.push(...answer.notes);
  }
  const versions = Object.entries(conditions.versions).map(([name, version]) => `${name} ${version}`);
  parts.push(
    `${conditions.startedAt}, commit ${conditions.commit}; ${result.plan}; ${conditions.machine}; load average before ` +
      `the run ${conditions.loadAverage.toFixed(2)}; ${versions.join(", ")}.`,
  );
  return parts.join("\n\n");
}

export function formatResults(results: readonly Result[]): string {
  const rows = results.flatMap(
    ({ answer }) => answer?.findings.filter((one) => one.goal !== undefined) ?? [],
  );
  const summary = formatTable(FINDING_COLUMNS, rows.map(findingRow));
  return `# Results\n\n${summary}\n\n${results.map(formatResult).join("\n\n")}\n`;
}
