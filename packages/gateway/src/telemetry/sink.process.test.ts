// The log of a real process whose standard output is full, closed, or not read: it must live, and say so later.
import { afterAll, describe, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "sluice-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SINK = JSON.stringify(join(import.meta.dir, "sink.ts"));
/** Tells what happens to it on standard error, one line each; ends by itself after `body`. */
const PRELUDE = `
import { createLog } from ${SINK};
const log = createLog({ level: "info", format: "json" });
const tell = (text) => process.stderr.write(text + "\\n");
const until = async (isTrue) => { while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1)); };
const fill = async () => { for (let n = 0; log.losses.dropped === 0; n++) log.info("filler", { n, text: "x".repeat(900) }); };
`;

function start<Output extends number | "pipe">(body: string, stdout: Output) {
  return Bun.spawn([process.execPath, "-e", PRELUDE + body], { stdout, stderr: "pipe", stdin: "pipe" });
}

function makePipe(name: string): string {
  const path = join(folder, name);
  expect(Bun.spawnSync(["mkfifo", path]).exitCode).toBe(0);
  return path;
}

/** Reads standard error line by line, as the child writes it. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of stream) {
    const lines = (text + Buffer.from(chunk).toString()).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

/** Everything that is in the pipe now; `O_NONBLOCK` ends it with EAGAIN. */
function drain(descriptor: number): string {
  const parts: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(65_536);
    try {
      const count = readSync(descriptor, buffer);
      if (count === 0) break;
      parts.push(buffer.subarray(0, count));
    } catch {
      break;
    }
  }
  return Buffer.concat(parts).toString();
}

/** A pipe whose writer blocks tells nobody that there is something to read, so it is looked at. */
async function nextLook(): Promise<false> {
  await Bun.sleep(1);
  return false;
}

describe("a process that logs", () => {
  test("has written every line when the flush is over", async () => {
    const child = start(
      'for (let n = 0; n < 500; n++) log.info("line", { n }); await log.flush(); process.exit(0);',
      "pipe",
    );
    const lines = (await new Response(child.stdout).text()).trimEnd().split("\n");
    expect(lines.map((line): number => JSON.parse(line).n)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  test("lives with a full disk", async () => {
    const full = openSync("/dev/full", "w");
    const child = start(
      'await fill(); await log.flush(); tell("alive " + log.losses.dropped); process.exit(3);',
      full,
    );
    closeSync(full);
    expect(await new Response(child.stderr).text()).toBe("alive 1\n");
    expect(await child.exited).toBe(3);
  });

  test("lives when its reader has gone", async () => {
    const path = makePipe("gone");
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY);
    const child = start(
      'await fill(); await log.flush(); tell("alive " + log.losses.dropped); process.exit(3);',
      writer,
    );
    closeSync(writer);
    closeSync(reader);
    expect(await new Response(child.stderr).text()).toBe("alive 1\n");
    expect(await child.exited).toBe(3);
  });

  const modes = [
    ["blocks", 0],
    ["answers EAGAIN", constants.O_NONBLOCK],
  ] as const;
  test.each(modes)(
    "goes on while nobody reads a pipe that %s, and says later what was lost",
    async (mode, flag) => {
      const path = makePipe(`full-${mode.replace(" ", "-")}`);
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const writer = openSync(path, constants.O_WRONLY | flag);
      const child = start(
        `await fill(); let turns = 0; const timer = setInterval(() => turns++, 1); await until(() => turns > 20);
       clearInterval(timer); tell("full"); for await (const _ of process.stdin) break;
       log.info("read again"); await log.flush(5000); tell("flushed"); process.exit(0);`,
        writer,
      );
      closeSync(writer);
      let text = "";
      for await (const line of linesOf(child.stderr)) {
        if (line !== "full") continue;
        child.stdin.write("go\n");
        child.stdin.end();
        break;
      }
      for (let isOver = false; !isOver; ) {
        isOver = await Promise.race([child.exited.then(() => true), nextLook()]);
        text += drain(reader);
      }
      closeSync(reader);
      const lines: { event: string; n?: number; lines?: number }[] = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      const fillers = lines.filter(({ event }) => event === "filler");
      expect(fillers.map(({ n }) => n)).toEqual(fillers.map((_, index) => index));
      expect(fillers.length * 1000).toBeGreaterThan(900_000);
      expect(lines.slice(fillers.length)).toMatchObject([
        { event: "log lines dropped" },
        { event: "read again" },
      ]);
    },
  );
});
