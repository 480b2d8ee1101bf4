import { describe, expect, test } from "bun:test";
import { FakeClock } from "../../host/fake-clock.ts";
import { createFeed, type FeedEnd, type FeedLimits, messageText } from "./feed.ts";

const LIMITS: FeedLimits = { rateMax: 50, sizeMaxBytes: 4096, keptMaxBytes: 120, durationMaxMs: 10_000 };

function setup(limits = LIMITS) {
  const clock = new FakeClock();
  clock.nowMs = 1000;
  const feed = createFeed(clock, limits);
  let made = 0;
  const ends: FeedEnd[] = [];
  const unlisten = feed.listen({ made: () => made++, ended: (end) => ends.push(end) });
  return { clock, feed, ends, made: () => made, unlisten };
}

describe("a message", () => {
  test("is the talk's, or as long as wished", () => {
    expect(messageText(12)).toBe("Hello, world");
    expect(messageText(20)).toBe("Hello, world Hello, ");
    expect(messageText(4096)).toHaveLength(4096);
  });
});

describe("a feed", () => {
  test("makes its first message after the lead, then one each period, and notes when", () => {
    const { clock, feed, made } = setup();
    feed.start(10, 12);
    clock.advance(599);
    expect(made()).toBe(0);
    clock.advance(1);
    expect([made(), feed.last]).toEqual([1, 1]);
    clock.advance(900);
    expect([made(), feed.last]).toEqual([10, 10]);
    expect(feed.takeTimes().slice(0, 2)).toEqual([1600, 1700]);
    expect(feed.takeTimes()).toEqual([]);
    expect(feed.elapsedMs).toBe(1500);
  });

  test("is no quicker and its messages no longer than the limits", () => {
    const { clock, feed } = setup();
    feed.start(1000, 5000);
    clock.advance(1500);
    expect(feed.last).toBe(50);
    expect(feed.text).toHaveLength(4096);
  });

  test("gives each reader what it lacks, as far as it is kept", () => {
    const { clock, feed } = setup();
    feed.start(10, 12);
    clock.advance(1500);
    // 120 bytes are ten messages of 12.
    expect(feed.backlog(0)).toEqual({ first: 1, next: 10, count: 10 });
    expect(feed.backlog(7)).toEqual({ first: 8, next: 10, count: 3 });
    expect(feed.backlog(10)).toMatchObject({ next: 10, count: 0 });
    clock.advance(100);
    expect(feed.backlog(0)).toEqual({ first: 2, next: 11, count: 10 });
  });

  test("gives nothing to a reader that claims to be ahead", () => {
    const { feed } = setup();
    feed.start(10, 12);
    expect(feed.backlog(99).count).toBe(0);
  });

  test("ends after its longest time, and tells why", () => {
    const { clock, feed, ends } = setup();
    feed.start(1, 12);
    clock.advance(9999);
    expect(feed.isRunning).toBe(true);
    clock.advance(1);
    expect([feed.isRunning, ...ends]).toEqual([false, "time"]);
    expect(clock.pendingTimers).toBe(0);
    clock.advance(5000);
    expect(feed.elapsedMs).toBe(10_000);
  });

  test("stops when told, once", () => {
    const { clock, feed, ends } = setup();
    feed.start(10, 12);
    clock.advance(700);
    feed.stop();
    feed.stop();
    expect(ends).toEqual(["stopped"]);
    expect(clock.pendingTimers).toBe(0);
    clock.advance(1000);
    expect(feed.last).toBe(2);
  });

  test("begins anew with number 1 after the one before has ended", () => {
    const { clock, feed, ends } = setup();
    feed.start(10, 12);
    clock.advance(1000);
    feed.start(10, 24);
    expect([feed.last, feed.text.length, ...ends]).toEqual([0, 24, "stopped"]);
    expect(feed.takeTimes()).toEqual([]);
  });

  test("has room for 16 listeners and for another when one has left", () => {
    const { feed, unlisten } = setup();
    const listener = { made() {}, ended() {} };
    // One is there already.
    for (let i = 1; i < 16; i++) expect(feed.listen({ ...listener })).toBeDefined();
    expect(feed.listen({ ...listener })).toBeUndefined();
    unlisten?.();
    expect(feed.listen({ ...listener })).toBeDefined();
  });
});
