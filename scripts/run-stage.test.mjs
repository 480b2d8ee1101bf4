// Commands that end well, badly, never, or leave somebody behind.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./run-stage.mjs";

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-stage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (script, options = {}) =>
  runCommand(["sh", "-c", script], { outputFile: join(folder, "log"), env: {}, ...options });

test("keeps the output of both streams in order, and the exit code", async () => {
  const result = await run("echo one; echo two >&2; echo three; exit 3");
  expect(result).toMatchObject({ exitCode: 3, isTimedOut: false, leftovers: [] });
  expect(readFileSync(join(folder, "log"), "utf8")).toBe("one\ntwo\nthree\n");
});

test("ends a command and its children at the deadline", async () => {
  const result = await run("sleep 600 & echo $!; wait", { deadlineMs: 200 });
  expect(result.isTimedOut).toBe(true);
  expect(result.leftovers).toEqual([]);
});

test("reports and ends what a command leaves behind", async () => {
  const result = await run("sleep 600 & exit 0");
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([expect.stringMatching(/^\d+ sleep 600$/)]);
  const pid = Number.parseInt(result.leftovers[0], 10);
  // A killed process is a zombie until its parent has collected it.
  const isAlive = () => existsSync(`/proc/${pid}/status`) && !/^State:\s+[ZX]/m.test(statusOf(pid));
  const endMs = performance.now() + 2000;
  while (isAlive() && performance.now() < endMs) await Bun.sleep(10);
  expect(isAlive()).toBe(false);
});

function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "State:\tX";
  }
}

test("a command that does not exist is an error, not a wait", async () => {
  const result = await runCommand(["/no/such/file"], { outputFile: join(folder, "log"), env: {} });
  expect(result.error.code).toBe("ENOENT");
});
