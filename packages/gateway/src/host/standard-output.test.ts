import { describe, expect, test } from "bun:test";
import { FakeClock } from "./fake-clock.ts";
import { createLineOutput, type LineOutput } from "./standard-output.ts";

type Done = (error: NodeJS.ErrnoException | null, writtenBytes: number) => void;

/** A file descriptor in a test's hand: each write waits for what the test says comes of it. */
function setUp(heldMaxBytes = 1000) {
  const clock = new FakeClock();
  const writes: string[] = [];
  let pending: { bytes: Uint8Array; done: Done } | undefined;
  const output: LineOutput = createLineOutput({
    clock,
    heldMaxBytes,
    isTerminal: false,
    write(bytes, done) {
      expect(pending).toBeUndefined();
      writes.push(Buffer.from(bytes).toString());
      pending = { bytes, done };
    },
  });
  const settle = (error: NodeJS.ErrnoException | null, writtenBytes: number): void => {
    const { done } = pending ?? { done: () => {} };
    pending = undefined;
    done(error, writtenBytes);
  };
  return {
    clock,
    output,
    writes,
    take: (bytes = pending?.bytes.length ?? 0) => settle(null, bytes),
    fail: (code: string) => settle(Object.assign(new Error(code), { code }), 0),
    isWriting: () => pending !== undefined,
  };
}

async function isResolved(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);
}

describe("standard output", () => {
  test("writes a line at once, and what comes meanwhile together afterwards", () => {
    const { output, writes, take, isWriting } = setUp();
    output.write("a\n");
    output.write("b\n");
    output.write("c\n");
    expect(writes).toEqual(["a\n"]);
    take();
    expect(writes).toEqual(["a\n", "b\nc\n"]);
    take();
    expect(isWriting()).toBe(false);
  });

  test("goes on after the bytes that were written, in the middle of a character too", () => {
    const { output, writes, take } = setUp();
    output.write("äb\n");
    take(1);
    expect(writes[1]).toBe(Buffer.from([0xa4, 0x62, 0x0a]).toString());
    take(2);
    expect(writes[2]).toBe("\n");
  });

  test("holds its bytes and no more, and has room again when some are written", () => {
    const { output, take } = setUp(6);
    expect(output.write("12\n")).toBe(true);
    expect(output.write("34\n")).toBe(true);
    expect(output.write("\n")).toBe(false);
    take();
    expect(output.write("567\n")).toBe(false);
    expect(output.write("56\n")).toBe(true);
  });

  test("looks at a full pipe again after 50 ms, not before", () => {
    const { output, clock, writes, fail, take } = setUp();
    output.write("a\n");
    fail("EAGAIN");
    output.write("b\n");
    clock.advance(49);
    expect(writes).toHaveLength(1);
    clock.advance(1);
    expect(writes).toEqual(["a\n", "a\n"]);
    take();
    take();
    expect(writes).toEqual(["a\n", "a\n", "b\n"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("does not spin where a write writes nothing", () => {
    const { output, clock, writes, take } = setUp();
    output.write("a\n");
    take(0);
    expect(writes).toHaveLength(1);
    clock.advance(50);
    expect(writes).toHaveLength(2);
  });

  test.each(["ENOSPC", "EPIPE", "EIO"])("tries once a second after %s, and loses nothing it took", (code) => {
    const { output, clock, writes, fail, take } = setUp();
    output.write("a\n");
    fail(code);
    output.write("b\n");
    clock.advance(999);
    expect(writes).toHaveLength(1);
    clock.advance(1);
    fail(code);
    clock.advance(1000);
    take();
    take();
    expect(writes).toEqual(["a\n", "a\n", "a\n", "b\n"]);
  });

  test("ends the line that a full disk cut", () => {
    const { output, clock, writes, fail, take } = setUp();
    output.write("abc\n");
    take(2);
    fail("ENOSPC");
    clock.advance(1000);
    expect(writes.at(-1)).toBe("c\n");
  });

  test("gives the next reader of a pipe no second half of a line", () => {
    const { output, clock, writes, take, fail } = setUp();
    output.write("0\n");
    output.write("abc\n");
    output.write("def\n");
    take();
    take(2);
    fail("EPIPE");
    clock.advance(1000);
    expect(writes.at(-1)).toBe("def\n");
    take();
    expect(output.write("x".repeat(1000))).toBe(true);
  });

  describe("flush", () => {
    test("resolves at once when nothing is held", async () => {
      const { output, clock } = setUp();
      await output.flush?.(1000);
      expect(clock.pendingTimers).toBe(0);
    });

    test("resolves when all is written", async () => {
      const { output, take, clock } = setUp();
      output.write("a\n");
      output.write("b\n");
      const flushed = output.flush?.(1000) ?? Promise.reject();
      take();
      expect(await isResolved(flushed)).toBe(false);
      take();
      await flushed;
      expect(clock.pendingTimers).toBe(0);
    });

    test("resolves at the deadline when nobody reads", async () => {
      const { output, clock } = setUp();
      output.write("a\n");
      const flushed = output.flush?.(1000) ?? Promise.reject();
      clock.advance(999);
      expect(await isResolved(flushed)).toBe(false);
      clock.advance(1);
      await flushed;
    });

    test("waits for room in a full pipe", async () => {
      const { output, clock, fail, take } = setUp();
      output.write("a\n");
      fail("EAGAIN");
      const flushed = output.flush?.(1000) ?? Promise.reject();
      fail("EAGAIN");
      expect(await isResolved(flushed)).toBe(false);
      clock.advance(50);
      take();
      await flushed;
    });

    test("tries once more what failed, and then waits for nothing", async () => {
      const { output, writes, fail } = setUp();
      output.write("a\n");
      fail("EPIPE");
      const flushed = output.flush?.(1000) ?? Promise.reject();
      expect(writes).toHaveLength(2);
      fail("EPIPE");
      await flushed;
    });
  });
});
