// Reads what `bun test` wrote with --reporter=junit, and finds what such a report leaves out: files that ran
// no test, errors outside tests, a process that ended before its time.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** `{ passed, failed, problems }`; each problem is a sentence and is counted in `failed`. */
export function readBunReport({ reportFile, exitCode, expectedFiles }) {
  if (!existsSync(reportFile)) {
    return { passed: 0, failed: 1, problems: ["the test process ended without a report"] };
  }
  const cases = parseCases(readFileSync(reportFile, "utf8"));
  const failures = cases.filter((one) => one.outcome === "failed");
  const problems = cases
    .filter((one) => one.outcome === "skipped")
    .map((one) => `skipped: ${one.file} ${one.name}`);
  const files = new Set(cases.map((one) => one.file));
  for (const file of expectedFiles) if (!files.has(file)) problems.push(`ran no test: ${file}`);
  if (cases.length === 0) problems.push("no test ran");
  if (exitCode !== 0 && failures.length === 0 && problems.length === 0) {
    problems.push(`an error outside tests (exit code ${exitCode})`);
  }
  const passed = cases.filter((one) => one.outcome === "passed").length;
  return { passed, failed: failures.length + problems.length, problems };
}

/** Texts and attributes are escaped in the report, so a bare `<testcase` or `<failure` is always an element. */
export function parseCases(xml) {
  return xml
    .split("<testcase ")
    .slice(1)
    .map((text) => {
      const attributes = text.slice(0, text.indexOf(">"));
      const body = text.slice(attributes.length);
      return {
        name: attribute(attributes, "name"),
        file: attribute(attributes, "file"),
        outcome: /<(failure|error)\b/.test(body) ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed",
      };
    });
}

function attribute(text, name) {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "";
}

/** Test files below `folder`, relative to `root`, as Bun names them in its report. */
export function testFilesBelow(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.test\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .filter((file) => !file.includes("node_modules/"));
}
