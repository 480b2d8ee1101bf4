// `npm test`: everything that must hold, from a fresh clone. Runs the stages of stages.mjs one after another, shows
// the output of those that fail, and ends with one line, `N passed, N failed`: tests are counted one by one,
// every other stage as one.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readBunReport, testFilesBelow } from "./bun-report.mjs";
import { BUN, install, ROOT } from "./install.mjs";
import { endWithParent } from "./parent.mjs";
import { runCommand } from "./run-stage.mjs";
import { STAGES, selectStages } from "./stages.mjs";

const USAGE = `usage: npm test -- [--only NAME]... [--bail] [--list]

  --only NAME   only this stage, or all of a kind (check, test); may be repeated
  --bail        stop at the first stage that fails
  --list        show the stages and end`;

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      bail: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  if (values.list) {
    for (const { name, kind, about } of STAGES) console.log(`${name.padEnd(10)} ${kind.padEnd(6)} ${about}`);
    return 0;
  }
  const stages = selectStages(values.only);
  const folder = mkdtempSync(join(tmpdir(), "sluice-test-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const totals = await runAll(stages, values.bail, folder);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

async function runAll(stages, isBailing, folder) {
  const totals = { passed: 0, failed: 0 };
  const failedStages = new Set();
  for (const stage of [INSTALL, ...stages]) {
    const startedAtMs = performance.now();
    process.stdout.write(`${stage.name.padEnd(10)} … `);
    const result = failedStages.has(stage.needs)
      ? { passed: 0, failed: 1, problems: [`not run: it needs ${stage.needs}`], output: "" }
      : await runStage(stage, folder);
    totals.passed += result.passed;
    totals.failed += result.failed;
    report(stage, result, (performance.now() - startedAtMs) / 1000);
    if (result.failed === 0) continue;
    failedStages.add(stage.name);
    if (isBailing || stage === INSTALL) break;
  }
  return totals;
}

function report({ kind }, { passed, failed, problems, output }, seconds) {
  const counts = kind === "test" ? `  ${passed} passed, ${failed} failed` : "";
  console.log(`${failed === 0 ? "ok  " : "FAIL"} ${seconds.toFixed(1).padStart(6)} s${counts}`);
  if (failed === 0) return;
  if (output.trim() !== "") console.log(`\n${output.trimEnd()}\n`);
  for (const problem of problems) console.log(`  ! ${problem}`);
}

/** Runs in this process: until it has, nothing else can. */
const INSTALL = { name: "install", kind: "setup" };

async function runStage(stage, folder) {
  if (stage !== INSTALL) return stage.kind === "test" ? runTests(stage, folder) : runCheck(stage, folder);
  try {
    install();
    return { passed: 1, failed: 0, problems: [], output: "" };
  } catch (error) {
    return { passed: 0, failed: 1, problems: [error.message], output: "" };
  }
}

async function runCheck(stage, folder) {
  const { result, output } = await run(stage.command, stage, folder, {});
  const problems = problemsOf(result);
  if (result.exitCode !== 0 && problems.length === 0) problems.push(`exit code ${result.exitCode}`);
  const failed = problems.length === 0 ? 0 : 1;
  return { passed: 1 - failed, failed, problems, output };
}

async function runTests(stage, folder) {
  const reportFile = join(folder, `${stage.name}.xml`);
  const command = [
    BUN,
    "test",
    `--timeout=${stage.timeoutMs}`,
    "--only-failures",
    "--reporter=junit",
    `--reporter-outfile=${reportFile}`,
    ...stage.folders.map((name) => `./${name}/`),
  ];
  // CI=true makes Bun refuse `test.only` and the writing of new snapshots, both of which hide what did not run.
  const { result, output } = await run(command, stage, folder, { CI: "true" });
  const report = readBunReport({
    reportFile,
    exitCode: result.exitCode,
    expectedFiles: stage.folders.flatMap((name) => testFilesBelow(ROOT, name)),
  });
  const problems = problemsOf(result);
  return {
    passed: report.passed,
    failed: report.failed + problems.length,
    problems: [...problems, ...report.problems],
    output,
  };
}

function problemsOf({ error, signal, isTimedOut, leftovers }) {
  const problems = [];
  if (error !== undefined) problems.push(`could not be started: ${error.message}`);
  if (isTimedOut) problems.push("was ended at its deadline");
  else if (signal) problems.push(`was ended by ${signal}`);
  for (const commandLine of leftovers) problems.push(`left a process behind: ${commandLine}`);
  return problems;
}

let killRunning = () => {};

async function run(command, { name }, folder, env) {
  const outputFile = join(folder, `${name}.log`);
  const result = await runCommand(command, {
    outputFile,
    env,
    onStart(kill) {
      killRunning = kill;
    },
  });
  return { result, output: readFileSync(outputFile, "utf8") };
}

for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
]) {
  process.once(signal, () => {
    killRunning();
    process.exit(128 + number);
  });
}

endWithParent();
try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
