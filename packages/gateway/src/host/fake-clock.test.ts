import { expect, test } from "bun:test";
import { FakeClock } from "./fake-clock.ts";

test("timers run in the order of their deadlines, each at its own time", () => {
  const clock = new FakeClock();
  const runs: [string, number][] = [];
  clock.after(30, () => runs.push(["late", clock.nowMs]));
  clock.after(10, () => {
    runs.push(["early", clock.nowMs]);
    clock.after(5, () => runs.push(["nested", clock.nowMs]));
  });
  clock.advance(29);
  expect(runs).toEqual([
    ["early", 10],
    ["nested", 15],
  ]);
  clock.advance(1);
  expect(runs.at(-1)).toEqual(["late", 30]);
});

test("a period repeats until it is cancelled, and leaves nothing behind", () => {
  const clock = new FakeClock();
  let runs = 0;
  const timer = clock.every(10, () => runs++);
  clock.advance(35);
  expect(runs).toBe(3);
  expect(clock.nextDelayMs).toBe(5);
  timer.cancel();
  clock.advance(100);
  expect(runs).toBe(3);
  expect(clock.pendingTimers).toBe(0);
});
