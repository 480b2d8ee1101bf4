import { describe, expect, test } from "bun:test";
import { FakeClock } from "../../host/fake-clock.ts";
import { FakeSession } from "../fake-session.ts";
import { createSlowReaders } from "./slow-readers.ts";

const LIMIT_BYTES = 1000;

function setup(count: number) {
  const clock = new FakeClock();
  const sessions = Array.from({ length: count }, () => new FakeSession());
  const readers = createSlowReaders({ limitBytes: LIMIT_BYTES, clock, sessions: () => sessions });
  readers.start();
  /** As the service does it: admit, then publish to those that have stopped reading. */
  const publish = (bytes: number, stopped: readonly FakeSession[]) => {
    readers.admit(bytes);
    for (const session of stopped) if (session.isOpen) session.bufferedBytes += bytes;
  };
  return { clock, sessions, readers, publish };
}

describe("slow readers", () => {
  test("a client is ended with 1013 when exactly the limit waits for it, and not at one byte less", () => {
    const { clock, sessions, readers } = setup(2);
    const [at, below] = sessions as [FakeSession, FakeSession];
    at.bufferedBytes = LIMIT_BYTES;
    below.bufferedBytes = LIMIT_BYTES - 1;
    readers.admit(1);
    clock.advance(1000);
    expect(at.failure?.code).toBe("session.slow");
    expect(at.closedWith?.code).toBe(1013);
    expect(below.isOpen).toBe(true);
  });

  test("no client ever holds more than a limit and a quarter, whatever the sizes", () => {
    for (const size of [1, 7, 100, 249, 250]) {
      const { sessions, publish } = setup(1);
      const [stopped] = sessions as [FakeSession];
      let most = 0;
      for (let published = 0; stopped.isOpen; published += size) {
        publish(size, [stopped]);
        most = Math.max(most, stopped.bufferedBytes);
        expect(published).toBeLessThan(10 * LIMIT_BYTES);
      }
      expect(most).toBeLessThanOrEqual(1.25 * LIMIT_BYTES);
    }
  });

  test("a message larger than a quarter of the limit adds its own size and no more", () => {
    const { sessions, publish } = setup(1);
    const [stopped] = sessions as [FakeSession];
    stopped.bufferedBytes = LIMIT_BYTES - 1;
    publish(600, [stopped]);
    expect(stopped.bufferedBytes).toBe(1599);
    publish(1, [stopped]);
    expect(stopped.failure?.code).toBe("session.slow");
    expect(stopped.bufferedBytes).toBe(1599);
  });

  test("one slow reader disturbs no other", () => {
    const { sessions, publish } = setup(50);
    const slow = sessions[17] as FakeSession;
    for (let i = 0; i < 100; i++) publish(50, [slow]);
    expect(slow.closedWith?.code).toBe(1013);
    expect(sessions.filter((session) => session.isOpen)).toHaveLength(49);
  });

  test("a look is paid for by a quarter of the limit in published bytes", () => {
    const clock = new FakeClock();
    let looks = 0;
    const readers = createSlowReaders({
      limitBytes: LIMIT_BYTES,
      clock,
      sessions() {
        looks++;
        return [];
      },
    });
    for (let i = 0; i < 250; i++) readers.admit(1);
    expect(looks).toBe(0);
    readers.admit(1);
    expect(looks).toBe(1);
    for (let i = 0; i < 10_000; i++) readers.admit(1);
    expect(looks).toBe(41);
  });

  test("a feed that falls silent is looked at once more within a second, and then not again", () => {
    const clock = new FakeClock();
    let looks = 0;
    const readers = createSlowReaders({
      limitBytes: LIMIT_BYTES,
      clock,
      sessions() {
        looks++;
        return [];
      },
    });
    readers.start();
    readers.admit(10);
    clock.advance(1000);
    expect(looks).toBe(1);
    clock.advance(60_000);
    expect(looks).toBe(1);
    readers.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
