import { expect, test } from "bun:test";
import { FakeClock } from "../../host/fake-clock.ts";
import { createUpgradeBudget } from "./upgrade-budget.ts";

test("gives 40 handshakes at once and then 20 a second", () => {
  const clock = new FakeClock();
  const take = createUpgradeBudget(clock);
  const takeAll = () => {
    let taken = 0;
    while (take()) taken++;
    return taken;
  };
  expect(takeAll()).toBe(40);
  clock.advance(49);
  expect(takeAll()).toBe(0);
  clock.advance(1);
  expect(takeAll()).toBe(1);
  clock.advance(1000);
  expect(takeAll()).toBe(20);
  clock.advance(3_600_000);
  expect(takeAll()).toBe(40);
});
