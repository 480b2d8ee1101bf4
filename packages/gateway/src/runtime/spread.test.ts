import { describe, expect, test } from "bun:test";
import { FakeClock } from "../host/fake-clock.ts";
import { spreadOver } from "./spread.ts";

describe("spreading over time", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

  test("does everything once, in order, within the time, evenly", async () => {
    const clock = new FakeClock();
    const done: { item: number; atMs: number }[] = [];
    const end = spreadOver(clock, numbers(1000), 1000, (item) => done.push({ item, atMs: clock.nowMs }));
    clock.advance(1000);
    await end;
    expect(done.map(({ item }) => item)).toEqual(numbers(1000));
    expect(done.filter(({ atMs }) => atMs < 500).length).toBeGreaterThan(450);
    expect(done.filter(({ atMs }) => atMs < 500).length).toBeLessThan(550);
  });

  test("does everything at once when there is no time, and nothing when there is nothing", async () => {
    const clock = new FakeClock();
    const done: number[] = [];
    await spreadOver(clock, numbers(5), 0, (item) => done.push(item));
    await spreadOver(clock, [], 1000, () => done.push(-1));
    expect(done).toEqual(numbers(5));
    expect(clock.pendingTimers).toBe(0);
  });
});
