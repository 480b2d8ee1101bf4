import { describe, expect, test } from "bun:test";
import { Failure } from "../../failure.ts";
import type { Message } from "../../session/session.ts";
import { createFakeContext } from "../fake-session.ts";
import { createFeed, type FeedOptions, reconnectDelayMs } from "./feed.ts";
import type { SourceHandler } from "./source.ts";

function setup(changes: Partial<FeedOptions> = {}) {
  const { clock, log, metrics } = createFakeContext();
  const attempts: SourceHandler[] = [];
  const messages: Message[] = [];
  const losses: Failure[] = [];
  let stops = 0;
  const feed = createFeed({
    open(handler) {
      attempts.push(handler);
      return {
        stop() {
          stops++;
          handler.closed(undefined);
        },
      };
    },
    url: "tcp://feed.example:7000",
    reconnect: { initialMs: 500, maxMs: 6000 },
    idleTimeoutMs: Number.POSITIVE_INFINITY,
    clock,
    log,
    metrics,
    onMessage: (message) => messages.push(message),
    onLoss: (failure) => losses.push(failure),
    ...changes,
  });
  feed.start();
  const current = (): SourceHandler => attempts.at(-1) ?? expect.unreachable("no attempt");
  return { feed, clock, log, metrics, attempts, messages, losses, current, stops: () => stops };
}

const refused = () => new Failure("backend.refused", "tcp://feed.example:7000: ECONNREFUSED");

describe("a feed", () => {
  test("passes messages on and counts its connection", () => {
    const { feed, messages, metrics, current } = setup();
    expect(feed.failure?.code).toBe("backend.unreachable");
    current().opened();
    current().message("a");
    expect(feed.failure).toBeUndefined();
    expect(messages).toEqual(["a"]);
    expect(metrics).toMatchObject({ backendConnects: 1, backendsOpen: 1 });
  });

  test("opens its source again after growing waits, each try counted, the outage logged once", () => {
    const { clock, log, metrics, attempts, current } = setup();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 7; i++) {
      current().closed(refused());
      waits.push(clock.nextDelayMs);
      clock.advance(clock.nextDelayMs ?? 0);
    }
    // The clock's randomness is 0.5 here.
    expect(waits).toEqual([250, 500, 1000, 2000, 3000, 3000, 3000]);
    expect(attempts).toHaveLength(8);
    expect(metrics.backendFailures.get("backend.refused")).toBe(7);
    expect(log.events("warn")).toEqual(["source is down"]);
    current().opened();
    expect(log.events("info")).toEqual(["source is up"]);
    current().closed(refused());
    expect(log.events("warn")).toEqual(["source is down", "source is down"]);
  });

  test("logs another reason of the same outage once, however often they alternate", () => {
    const { clock, log, current } = setup();
    for (let i = 0; i < 10; i++) {
      current().closed(i % 2 === 0 ? refused() : new Failure("backend.timeout", "10 s"));
      clock.advance(6000);
    }
    expect(log.lines.map(({ fields }) => fields.code)).toEqual(["backend.refused", "backend.timeout"]);
  });

  test("tells a loss once, and a failed try never", () => {
    const { clock, losses, metrics, current } = setup();
    current().closed(refused());
    clock.advance(6000);
    current().opened();
    current().closed(new Failure("backend.reset", "ECONNRESET"));
    clock.advance(6000);
    current().closed(refused());
    expect(losses.map(({ code }) => code)).toEqual(["backend.reset"]);
    expect(metrics.backendsOpen).toBe(0);
  });

  test("takes an orderly end for a loss too", () => {
    const { feed, losses, current } = setup();
    current().opened();
    current().closed(undefined);
    expect(losses.map(({ code }) => code)).toEqual(["backend.reset"]);
    expect(feed.failure?.detail).toBe("tcp://feed.example:7000: the source ended");
  });

  test("starts over with short waits only after a source was up as long as the longest wait", () => {
    const { clock, current } = setup();
    for (let i = 0; i < 5; i++) {
      current().closed(refused());
      clock.advance(6000);
    }
    current().opened();
    clock.advance(5999);
    current().closed(undefined);
    expect(clock.nextDelayMs).toBe(3000);
    clock.advance(3000);
    current().opened();
    clock.advance(6000);
    current().closed(undefined);
    expect(clock.nextDelayMs).toBe(250);
  });

  test("stopped, it closes its source, waits for nothing and tells of no loss", () => {
    const { feed, clock, losses, metrics, log, attempts, current, stops } = setup();
    current().opened();
    feed.stop();
    expect(stops()).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    expect(losses).toEqual([]);
    expect(metrics.backendsOpen).toBe(0);
    clock.advance(60_000);
    expect(attempts).toHaveLength(1);
    expect(log.events("warn")).toEqual([]);
  });

  test("stopped while it waits, it does not try again", () => {
    const { feed, clock, attempts, current } = setup();
    current().closed(refused());
    feed.stop();
    clock.advance(60_000);
    expect(attempts).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test("takes silence for a loss at its limit and not before, and opens the source again", () => {
    const { clock, losses, attempts, current, stops } = setup({ idleTimeoutMs: 10_000 });
    current().opened();
    clock.advance(9000);
    current().message("still here");
    clock.advance(9999);
    expect(losses).toEqual([]);
    clock.advance(1);
    expect(losses.map(({ code }) => code)).toEqual(["backend.silent"]);
    expect(stops()).toBe(1);
    clock.advance(250);
    expect(attempts).toHaveLength(2);
    current().closed(undefined);
    clock.advance(9000);
    expect(losses.map(({ code }) => code)).toEqual(["backend.silent"]);
  });
});

test("the wait is anywhere between nothing and its cap", () => {
  const reconnect = { initialMs: 500, maxMs: 6000 };
  expect(reconnectDelayMs(reconnect, 0, 0)).toBe(0);
  expect(reconnectDelayMs(reconnect, 0, 0.999)).toBeCloseTo(499.5);
  expect(reconnectDelayMs(reconnect, 3, 0.5)).toBe(2000);
  expect(reconnectDelayMs(reconnect, 5000, 0.5)).toBe(3000);
});
