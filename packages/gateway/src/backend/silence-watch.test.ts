import { describe, expect, test } from "bun:test";
import { FakeClock } from "../host/fake-clock.ts";
import { SilenceWatch } from "./silence-watch.ts";

function setUp(timeoutMs = 1000) {
  const clock = new FakeClock();
  const events: [string, number][] = [];
  const watch = new SilenceWatch({
    clock,
    timeoutMs,
    ask: () => events.push(["ask", clock.nowMs]),
    giveUp: () => events.push(["give up", clock.nowMs]),
  });
  watch.start();
  return { clock, watch, events };
}

describe("a silence watch", () => {
  test("asks at half of the limit, gives up at the limit, and then is done", () => {
    const { clock, events } = setUp();
    clock.advance(10_000);
    expect(events).toEqual([
      ["ask", 500],
      ["give up", 1000],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("counts from what was heard last, one millisecond before each limit too", () => {
    const { clock, watch, events } = setUp();
    clock.advance(499);
    watch.heard();
    clock.advance(499);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([["ask", 999]]);
    clock.advance(499);
    watch.heard();
    clock.advance(999);
    expect(events).toEqual([
      ["ask", 999],
      ["ask", 1998],
    ]);
    clock.advance(1);
    expect(events.at(-1)).toEqual(["give up", 2498]);
  });

  test("blames nobody for a silence in which nobody listened", () => {
    const { clock, watch, events } = setUp();
    clock.advance(400);
    watch.isDeaf = true;
    clock.advance(10_000);
    expect(events).toEqual([]);
    watch.isDeaf = false;
    clock.advance(499);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([["ask", 10_900]]);
  });

  test("says nothing after it was stopped, and nothing ever without a limit", () => {
    const stopped = setUp();
    stopped.watch.stop();
    stopped.clock.advance(10_000);
    expect(stopped.events).toEqual([]);
    const asking = setUp();
    asking.events.push = () => {
      asking.watch.stop();
      return 0;
    };
    asking.clock.advance(500);
    expect(asking.clock.pendingTimers).toBe(0);
    const unlimited = setUp(Number.POSITIVE_INFINITY);
    expect(unlimited.clock.pendingTimers).toBe(0);
  });
});
