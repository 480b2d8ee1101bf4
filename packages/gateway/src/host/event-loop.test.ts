import { expect, test } from "bun:test";
import { watchEventLoop } from "./event-loop.ts";
import { FakeClock } from "./fake-clock.ts";

test("tells ten times a second that the loop is not late", () => {
  const clock = new FakeClock();
  const delays: number[] = [];
  watchEventLoop(clock, (seconds) => delays.push(seconds));
  clock.advance(300);
  expect(delays).toEqual([0, 0, 0]);
});

test("tells by how much a timer came late, and is exact again afterwards", () => {
  const clock = new FakeClock();
  const delays: number[] = [];
  watchEventLoop(clock, (seconds) => delays.push(seconds));
  clock.nowMs += 350;
  clock.advance(0);
  expect(delays[0]).toBeCloseTo(0.25, 9);
  clock.advance(100);
  expect(delays.at(-1)).toBe(0);
});

test("ends when it is cancelled", () => {
  const clock = new FakeClock();
  const watch = watchEventLoop(clock, () => {});
  watch.cancel();
  expect(clock.pendingTimers).toBe(0);
});
