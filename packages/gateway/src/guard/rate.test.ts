import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../service/fake-session.ts";
import { createRateGuard } from "./rate.ts";

describe("the rate guard", () => {
  const from = (address: string) => createFakeHandshake({ address });

  test("admits the burst, refuses the next, and says when to come back", () => {
    const guard = createRateGuard(() => ({ perSecond: 2, burst: 3 }));
    for (let i = 0; i < 3; i++) expect(guard.judge(from("a"), 0)).toBeUndefined();
    expect(guard.judge(from("a"), 0)).toMatchObject({ code: "rate.exceeded", retryAfterS: 0.5 });
    expect(guard.judge(from("a"), 499)).toMatchObject({ code: "rate.exceeded" });
    expect(guard.judge(from("a"), 500)).toBeUndefined();
    expect(guard.judge(from("b"), 500)).toBeUndefined();
  });

  test("never saves up more than the burst", () => {
    const guard = createRateGuard(() => ({ perSecond: 100, burst: 2 }));
    guard.judge(from("a"), 0);
    for (let i = 0; i < 2; i++) expect(guard.judge(from("a"), 3_600_000)).toBeUndefined();
    expect(guard.judge(from("a"), 3_600_000)).toBeDefined();
  });

  test("holds a bounded number of buckets and forgets the least recently used", () => {
    const guard = createRateGuard(() => ({ perSecond: 1, burst: 1 }), 2);
    guard.judge(from("a"), 0);
    guard.judge(from("b"), 0);
    guard.judge(from("a"), 0);
    guard.judge(from("c"), 0);
    expect(guard.judge(from("a"), 0)).toBeDefined();
    expect(guard.judge(from("b"), 0)).toBeUndefined();
  });

  test("does not count plain HTTP requests", () => {
    const guard = createRateGuard(() => ({ perSecond: 1, burst: 1 }));
    for (let i = 0; i < 5; i++) expect(guard.judge({ ...from("a"), carrier: "http" }, 0)).toBeUndefined();
  });
});
