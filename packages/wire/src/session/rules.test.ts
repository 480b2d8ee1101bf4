import { describe, expect, test } from "bun:test";
import { MESSAGE_OVERHEAD_BYTES, SESSION_RULES as RULES } from "./rules.ts";

describe("the rules", () => {
  test("an empty message costs its overhead (session 7.1)", () => {
    expect(RULES.cost(0)).toBe(MESSAGE_OVERHEAD_BYTES);
    expect(RULES.cost(100)).toBe(164);
  });

  test.each([
    ["fills the credit exactly", 100, 156, 256, true],
    ["is one byte beyond the credit", 100, 157, 256, false],
    ["is larger than the credit and alone", 0, 10_000, 256, true],
    ["is larger than the credit and not alone", 1, 10_000, 256, false],
    ["finds no credit and is alone", 0, 64, 0, true],
  ])("a message that %s (session 7.3)", (_, unacked, cost, credit, may) => {
    expect(RULES.mayFollow(unacked, cost, credit)).toBe(may);
  });

  test("numbers go on by one, and what came before is a duplicate (session 5)", () => {
    expect(RULES.numberOf(5, 9, true)).toBe(5);
    expect([RULES.isDuplicate(9, 9), RULES.isDuplicate(10, 9)]).toEqual([true, false]);
    expect(RULES.firstToSend(9)).toBe(10);
    expect([RULES.ackCount(3, 9), RULES.resumeCount(3)]).toEqual([3, 3]);
  });

  test.each([
    ["a later resume", 3, 2, false, true],
    ["an earlier resume", 1, 2, true, false],
    ["the same resume again", 2, 2, false, false],
    ["the same resume again, when its carrier is gone", 2, 2, true, true],
  ])("%s is the latest or not (session 6.7)", (_, attempt, latest, isDetached, isLatest) => {
    expect(RULES.isLatest(attempt, latest, isDetached)).toBe(isLatest);
  });
});
