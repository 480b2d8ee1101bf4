// Under which conditions a run was made: without them its figures are opinions.
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";

export interface Conditions {
  readonly startedAt: string;
  readonly commit: string;
  readonly machine: string;
  /** Of the minute before the run; its own load is not in it yet. */
  readonly loadAverage: number;
  readonly versions: Readonly<Record<string, string>>;
}

export function readConditions(root: string): Conditions {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  return {
    startedAt: new Date().toISOString(),
    commit: describeCommit(root),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? "unknown CPU"}, ${memoryGb} GB, Linux ${release()}`,
    loadAverage: loadavg()[0] ?? Number.NaN,
    versions: {
      sluice: packageVersion(join(root, "packages/gateway")),
      bun: Bun.version,
      node: firstVersion(["node", "--version"]),
      ws: packageVersion(join(root, "node_modules/ws")),
      nginx: firstVersion(["nginx", "-v"]),
      haproxy: firstVersion(["haproxy", "-v"]),
      websockify: firstVersion(["dpkg-query", "--show", "websockify"]),
    },
  };
}

/** The commit, and whether the tree that was measured differs from it where it matters. */
function describeCommit(root: string): string {
  const commit = run(["git", "-C", root, "rev-parse", "--short", "HEAD"]);
  const changes = run([
    "git",
    "-C",
    root,
    "status",
    "--porcelain",
    "--",
    "packages",
    "bench",
    ":!bench/results",
  ]);
  if (commit === undefined) return "unknown";
  return changes?.stdout === "" ? commit.stdout.trim() : `${commit.stdout.trim()} with uncommitted changes`;
}

function packageVersion(directory: string): string {
  // package.json of an installed package: `version` is required there.
  return (JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as { version: string }).version;
}

/** The first thing that looks like a version. nginx prints it to standard error. */
function firstVersion(command: string[]): string {
  const output = run(command);
  return /\d+\.\d+\S*/.exec(`${output?.stdout}${output?.stderr}`)?.[0] ?? "not installed";
}

/** `undefined` when it is not there or fails. */
function run(command: string[]): { stdout: string; stderr: string } | undefined {
  try {
    const { exitCode, stdout, stderr } = Bun.spawnSync(command);
    return exitCode === 0 ? { stdout: stdout.toString(), stderr: stderr.toString() } : undefined;
  } catch {
    return undefined;
  }
}
