// The judge of test runs, on reports as Bun writes them and on what Bun does not report.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBunReport, testFilesBelow } from "./bun-report.mjs";

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-report-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs Bun on test files made of `files`, as test.mjs does, and judges the run. */
function judge(files) {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(root, name), `import { test, expect, afterAll } from "bun:test";\n${text}`);
  }
  const reportFile = join(root, "report.xml");
  const { status } = spawnSync(
    process.execPath,
    ["test", "--reporter=junit", `--reporter-outfile=${reportFile}`, "./"],
    { cwd: root, env: { ...process.env, CI: "true" } },
  );
  return readBunReport({ reportFile, exitCode: status, expectedFiles: testFilesBelow(`${root}/`, ".") });
}

const PASSING = 'test("one", () => {}); test("two <&\\">", () => {});';

describe("a run", () => {
  test("that passes is counted test by test", () => {
    expect(judge({ "a.test.ts": PASSING })).toEqual({ passed: 2, failed: 0, problems: [] });
  });

  test("counts failures once, nested and named with markup too", () => {
    const failing = 'test("<failure", () => expect(1).toBe(2));';
    expect(judge({ "a.test.ts": PASSING, "b.test.ts": failing })).toEqual({
      passed: 2,
      failed: 1,
      problems: [],
    });
  });

  test.each([
    ["skipped", 'test.skip("later", () => {});', "skipped: b.test.ts later"],
    ["marked as to do", 'test.todo("later");', "skipped: b.test.ts later"],
    ["chosen with only", 'test.only("mine", () => {}); test("other", () => {});', "ran no test: b.test.ts"],
    ["absent", "", "ran no test: b.test.ts"],
    ["not to be loaded", 'throw new Error("no");', "ran no test: b.test.ts"],
  ])("with a test %s fails", (_, text, problem) => {
    const { failed, problems } = judge({ "a.test.ts": PASSING, "b.test.ts": text });
    expect(problems).toContain(problem);
    expect(failed).toBe(problems.length);
  });

  test("with an error outside tests fails", () => {
    const text = `${PASSING} afterAll(() => { throw new Error("late"); });`;
    expect(judge({ "a.test.ts": text }).failed).toBeGreaterThan(0);
    const later = `${PASSING} afterAll(() => new Promise((done) => { queueMicrotask(() => { done(); throw new Error("later"); }); }));`;
    expect(judge({ "a.test.ts": later }).failed).toBeGreaterThan(0);
  });

  test("that ends by itself in the middle fails, whatever its exit code", () => {
    const { failed, problems } = judge({ "a.test.ts": `${PASSING} test("leaves", () => process.exit(0));` });
    expect([failed, problems]).toEqual([1, ["the test process ended without a report"]]);
  });
});
