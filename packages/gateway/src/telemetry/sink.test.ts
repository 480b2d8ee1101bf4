import { describe, expect, test } from "bun:test";
import type { LogSettings } from "../config/gateway.ts";
import { FakeClock } from "../host/fake-clock.ts";
import type { LineOutput } from "../host/standard-output.ts";
import { createLog } from "./sink.ts";

class FakeOutput implements LineOutput {
  isTerminal = false;
  /** Lines it takes before it is full. */
  room = Number.POSITIVE_INFINITY;
  readonly lines: string[] = [];
  flushedWithMs: number | undefined;

  write(line: string): boolean {
    if (this.room <= 0) return false;
    this.room--;
    this.lines.push(line);
    return true;
  }

  async flush(deadlineMs: number): Promise<void> {
    this.flushedWithMs = deadlineMs;
  }

  get parsed(): unknown[] {
    return this.lines.map((line) => JSON.parse(line));
  }
}

function setUp(settings: Partial<LogSettings> = {}) {
  const clock = new FakeClock();
  const output = new FakeOutput();
  const log = createLog({ level: "info", format: "json", ...settings }, output, clock);
  return { clock, output, log };
}

describe("log", () => {
  test("writes the level it is set to and those above", () => {
    const { log, output } = setUp({ level: "warn" });
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
    expect(output.parsed).toMatchObject([{ event: "c" }, { event: "d" }]);
  });

  test("adds the fields of `with` to every line; the line's own win", () => {
    const { log, output } = setUp();
    const bound = log.with({ service: "/echo", code: "x" }).with({ connection: "c-1" });
    bound.info("opened", { code: "y" });
    bound.info("closed");
    expect(output.parsed).toMatchObject([
      { event: "opened", service: "/echo", connection: "c-1", code: "y" },
      { event: "closed", service: "/echo", connection: "c-1", code: "x" },
    ]);
  });

  test("writes the cause of an error", () => {
    const { log, output } = setUp();
    log.error("bug", {}, new TypeError("x"));
    expect(output.parsed).toMatchObject([{ level: "error", error: { name: "TypeError", message: "x" } }]);
  });

  test("chooses the readable format on a terminal, unless told otherwise", () => {
    const { log, output } = setUp();
    output.isTerminal = true;
    log.configure({ level: "info", format: "auto" });
    log.info("on a terminal");
    log.configure({ level: "info", format: "json" });
    log.info("as json");
    output.isTerminal = false;
    log.configure({ level: "info", format: "auto" });
    log.info("into a file");
    log.configure({ level: "info", format: "pretty" });
    log.info("readable without colours");
    expect(output.lines).toEqual([
      expect.stringContaining("\x1b[32mINFO \x1b[0m  on a terminal\n"),
      expect.stringContaining('"event":"as json"'),
      expect.stringContaining('"event":"into a file"'),
      expect.stringMatching(/^\d\d:\d\d:\d\d\.000 INFO {3}readable without colours\n$/),
    ]);
  });

  test("takes changed settings for the logs that were made before", () => {
    const { log, output } = setUp();
    const bound = log.with({ service: "/echo" });
    log.configure({ level: "debug", format: "json" });
    bound.debug("seen");
    expect(output.lines).toHaveLength(1);
  });
});

describe("log under attack", () => {
  test("writes twenty refusals of one code, then one line a second with the number of the others", () => {
    const { log, output, clock } = setUp();
    for (let line = 0; line < 3000; line++) {
      log.info("refused", { code: "rate.exceeded" });
      clock.advance(1);
    }
    clock.advance(1000);
    const written = output.lines.filter((line) => line.includes('"event":"refused"')).length;
    const summaries = output.lines.filter((line) => line.includes('"event":"lines suppressed"'));
    expect(written).toBe(60);
    expect(summaries).toHaveLength(3);
    const told = summaries
      .map((line): number => JSON.parse(line).lines)
      .reduce((sum, lines) => sum + lines, 0);
    expect(told).toBe(2940);
    expect(log.losses.suppressed).toBe(2940);
    expect(clock.pendingTimers).toBe(0);
  });

  test("names the event and the code that it summarises, at their level", () => {
    const { log, output, clock } = setUp({ level: "warn" });
    for (let line = 0; line < 21; line++) log.warn("back end cannot be reached", { code: "backend.refused" });
    clock.advance(1000);
    expect(output.parsed.at(-1)).toMatchObject({
      level: "warn",
      event: "lines suppressed",
      of: "back end cannot be reached",
      code: "backend.refused",
      lines: 1,
    });
  });

  test("lets other events through meanwhile", () => {
    const { log, output } = setUp();
    for (let line = 0; line < 100; line++) log.warn("refused", { code: "a" });
    log.warn("refused", { code: "b" });
    log.error("bug");
    expect(output.lines).toHaveLength(22);
  });

  test("does not limit information without a code, nor debugging", () => {
    const { log, output } = setUp({ level: "debug" });
    for (let line = 0; line < 50; line++) {
      log.info("listening");
      log.debug("refused", { code: "a" });
    }
    expect(output.lines).toHaveLength(100);
  });
});

describe("log without room", () => {
  test("drops lines, counts them, and says where they are missing as soon as there is room", () => {
    const { log, output } = setUp();
    output.room = 1;
    for (const event of ["a", "b", "c"]) log.info(event);
    expect(log.losses.dropped).toBe(2);
    output.room = 9;
    log.info("d");
    expect(output.parsed).toMatchObject([
      { event: "a" },
      { level: "warn", event: "log lines dropped", lines: 2 },
      { event: "d" },
    ]);
  });

  test("says so without waiting for another line", () => {
    const { log, output, clock } = setUp();
    output.room = 0;
    log.info("a");
    clock.advance(5000);
    expect(output.lines).toEqual([]);
    output.room = 9;
    clock.advance(1000);
    expect(output.parsed).toMatchObject([{ event: "log lines dropped", lines: 1 }]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("counts a line once, even when telling of it fails as well", () => {
    const { log, output, clock } = setUp();
    output.room = 0;
    log.info("a");
    clock.advance(3000);
    log.info("b");
    expect(log.losses.dropped).toBe(2);
  });

  test("tells what is left to tell when it is flushed, and leaves no timer", async () => {
    const { log, output, clock } = setUp();
    for (let line = 0; line < 30; line++) log.warn("refused");
    await log.flush(250);
    expect(output.parsed.at(-1)).toMatchObject({ event: "lines suppressed", lines: 10 });
    expect(output.flushedWithMs).toBe(250);
    expect(clock.pendingTimers).toBe(0);
  });
});
