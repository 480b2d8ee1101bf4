// The command as its users run it, in a process of its own, by its launcher. What the commands do is tested in memory.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LAUNCHER = join(import.meta.dir, "../../bin/sluice.mjs");
const GOOD =
  "listen: [http://127.0.0.1:0]\nadmin: off\nservices: { /echo: { type: echo } }\nlog: { format: json }\n";
/** On a busy machine a process can take seconds to begin. Milliseconds. */
const PROCESS_TIMEOUT_MS = 30_000;

let folder = "";
const children = new Set<ChildProcess>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-main-"));
  writeFileSync(join(folder, "good.yaml"), GOOD);
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }>;
  /** Resolves when standard output has `text`. */
  said(text: string): Promise<void>;
}

function run(words: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Run {
  const child = spawn("node", [LAUNCHER, ...words], {
    cwd: options.cwd ?? folder,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let output = "";
  let errors = "";
  const listeners = new Set<() => void>();
  child.stdout?.on("data", (chunk) => {
    output += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  return {
    child,
    ended: new Promise((resolve) => {
      child.on("close", (code) => {
        children.delete(child);
        resolve({ code, output, errors });
      });
    }),
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.includes(text)) resolve();
        };
        listeners.add(look);
        child.on("close", () => reject(new Error(`ended without \`${text}\`: ${output}${errors}`)));
        look();
      }),
  };
}

describe("exit codes", () => {
  test.each([
    [["version"], 0, ""],
    [["chekc"], 2, "(Did you mean check?)"],
    [["check", "none.yaml"], 3, "sluice: there is no file none.yaml"],
    [["check", "good.yaml"], 0, ""],
  ] as [string[], number, string][])(
    "%p",
    async (words, code, message) => {
      const end = await run(words).ended;
      expect(end.errors).toContain(message);
      expect(end.code).toBe(code);
    },
    PROCESS_TIMEOUT_MS,
  );

  test(
    "of a taken port is 4, without a stack",
    async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      const end = await run(["start", "good.yaml", "--listen", `http://127.0.0.1:${port}`]).ended;
      server.close();
      expect(end.code).toBe(4);
      expect(end.errors).toStartWith(`sluice: cannot listen on http://127.0.0.1:${port}: another program`);
      expect(end.errors).not.toMatch(/^\s+at /m);
    },
    PROCESS_TIMEOUT_MS,
  );

  test(
    "of a report that does not fit on its disk is 1",
    async () => {
      const child = spawn("sh", ["-c", `exec node "${LAUNCHER}" schema > /dev/full`]);
      const code = await new Promise((resolve) => child.on("close", resolve));
      expect(code).toBe(1);
    },
    PROCESS_TIMEOUT_MS,
  );
});

describe("a running gateway", () => {
  test(
    "is stopped by the signal that its launcher gets",
    async () => {
      const { child, said, ended } = run(["start", "good.yaml"]);
      await said('"listening"');
      child.kill("SIGTERM");
      const end = await ended;
      expect(end.code).toBe(0);
      expect(end.output).toContain('"stopped"');
    },
    PROCESS_TIMEOUT_MS,
  );

  test(
    "reads its file again at SIGHUP, and goes on when it is broken",
    async () => {
      const file = join(folder, "changing.yaml");
      writeFileSync(file, GOOD);
      const { child, said, ended } = run(["start", file]);
      await said('"listening"');
      writeFileSync(file, GOOD.replace("/echo", "/other"));
      child.kill("SIGHUP");
      await said("service /other added");
      writeFileSync(file, GOOD.replace("echo }", "ehco }"));
      child.kill("SIGHUP");
      await said("did you mean `echo`?");
      child.kill("SIGTERM");
      expect((await ended).code).toBe(0);
    },
    PROCESS_TIMEOUT_MS,
  );
});

describe("the launcher", () => {
  test(
    "keeps Bun from running what lies in the folder it is started in",
    async () => {
      const hostile = join(folder, "hostile");
      mkdirSync(hostile);
      writeFileSync(join(hostile, "bunfig.toml"), 'preload = ["./preload.ts"]');
      writeFileSync(join(hostile, "preload.ts"), 'process.stdout.write("PRELOADED");');
      writeFileSync(join(hostile, ".env"), "SLUICE_TEST=from-file");
      writeFileSync(join(hostile, "a.yaml"), `${GOOD}hosts: ["\${SLUICE_TEST:-unset}"]\n`);
      const { output, code } = await run(["config", "print", "a.yaml"], { cwd: hostile }).ended;
      expect(code).toBe(0);
      expect(output).toContain("hosts:\n  - unset\n");
      expect(output).not.toContain("PRELOADED");
    },
    PROCESS_TIMEOUT_MS,
  );

  test(
    "says when there is no Bun",
    async () => {
      const { errors, code } = await run(["version"], { env: { SLUICE_BUN: "/nowhere/bun" } }).ended;
      expect(code).toBe(1);
      expect(errors).toBe("sluice: SLUICE_BUN is /nowhere/bun, and there is no such file\n");
    },
    PROCESS_TIMEOUT_MS,
  );

  test(
    "takes the gateway with it when it is killed",
    async () => {
      const { child, said, ended } = run(["start", "good.yaml"]);
      await said('"listening"');
      child.kill("SIGKILL");
      // The gateway has the same standard output: the end comes when the last of both is gone.
      expect((await ended).code).toBeNull();
    },
    PROCESS_TIMEOUT_MS,
  );
});
