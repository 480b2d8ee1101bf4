import { describe, expect, test } from "bun:test";
import { UsageError } from "../bytes/usage-error.ts";
import { Outbox } from "./outbox.ts";
import { SESSION_RULES } from "./rules.ts";

/** A frame whose message costs this much: type, payload, and 64 that are not there. */
const frame = (cost: number) => new Uint8Array(cost - 63);

describe("the outbox", () => {
  test("sends up to the credit, to the byte", () => {
    const outbox = new Outbox(SESSION_RULES, 200, 1_000_000);
    outbox.accept(frame(100));
    outbox.accept(frame(100));
    expect([outbox.take(1)?.length, outbox.take(2)?.length]).toEqual([37, 37]);
    expect([outbox.hasRoom, outbox.unackedBytes, outbox.isBlocked]).toEqual([false, 200, false]);
  });

  test("holds one message beyond the credit, and sends it when there is credit", () => {
    const outbox = new Outbox(SESSION_RULES, 199, 1_000_000);
    outbox.accept(frame(100));
    outbox.accept(frame(100));
    expect(outbox.take(1)).toBeDefined();
    expect(outbox.take(2)).toBeUndefined();
    expect([outbox.hasRoom, outbox.isBlocked, outbox.unackedBytes]).toEqual([false, true, 100]);
    expect(() => outbox.accept(frame(64))).toThrow(UsageError);
    expect(outbox.acknowledge(1)).toBe(true);
    outbox.grant(1, 100);
    expect(outbox.take(2)).toBeDefined();
  });

  test("sends a message larger than the credit when nothing else is unacknowledged", () => {
    const outbox = new Outbox(SESSION_RULES, 100, 1_000_000);
    outbox.accept(frame(64));
    outbox.accept(frame(1000));
    expect([outbox.take(1) === undefined, outbox.take(2) === undefined]).toEqual([false, true]);
    outbox.acknowledge(1);
    expect(outbox.take(2)?.length).toBe(937);
    expect(outbox.hasRoom).toBe(false);
    outbox.acknowledge(2);
    expect(outbox.hasRoom).toBe(true);
  });

  test("refuses an acknowledgement of what was accepted and not sent", () => {
    const outbox = new Outbox(SESSION_RULES, 1000, 1_000_000);
    outbox.accept(frame(64));
    expect(outbox.acknowledge(1)).toBe(false);
    outbox.take(1);
    expect(outbox.acknowledge(1)).toBe(true);
    expect(outbox.acknowledge(2)).toBe(false);
    expect(outbox.acknowledge(0)).toBe(true);
  });

  test("takes grants in any order, and none back", () => {
    const outbox = new Outbox(SESSION_RULES, 64, 1_000_000);
    for (let count = 0; count < 2; count += 1) {
      outbox.accept(frame(64));
      outbox.take(count + 1);
      outbox.acknowledge(count + 1);
    }
    outbox.grant(2, 128);
    outbox.grant(1, 1_000_000);
    outbox.grant(2, 10);
    for (let count = 0; count < 2; count += 1) outbox.accept(frame(64));
    expect(outbox.hasRoom).toBe(false);
  });

  test("holds no more than its own limit for a peer that grants without measure, to the byte", () => {
    const outbox = new Outbox(SESSION_RULES, 1000, 200);
    outbox.grant(0, Number.MAX_SAFE_INTEGER);
    for (const cost of [100, 99, 65]) outbox.accept(frame(cost));
    expect([outbox.take(1), outbox.take(2), outbox.take(3)].map((one) => one !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    expect(outbox.hasRoom).toBe(false);
    outbox.acknowledge(1);
    outbox.grant(1, Number.MAX_SAFE_INTEGER);
    expect(outbox.take(3)).toBeDefined();
    expect(outbox.unackedBytes).toBe(164);
  });

  test("keeps what is not acknowledged, for sending again, and lets the rest go", () => {
    const outbox = new Outbox(SESSION_RULES, 100_000, 1_000_000);
    for (let number = 1; number <= 100; number += 1) outbox.accept(Uint8Array.of(2, number));
    for (let number = 1; number <= 100; number += 1) outbox.take(number);
    outbox.acknowledge(90);
    expect(outbox.heldBytes).toBe(20);
    for (let number = 91; number <= 100; number += 1)
      expect(outbox.take(number)).toEqual(Uint8Array.of(2, number));
    outbox.acknowledge(100);
    expect([outbox.heldBytes, outbox.unackedBytes]).toEqual([0, 0]);
  });

  test("sends the close without credit, after all messages, and nothing behind it", () => {
    const outbox = new Outbox(SESSION_RULES, 64, 1_000_000);
    outbox.accept(frame(64));
    outbox.close(Uint8Array.of(7));
    outbox.take(1);
    expect(outbox.take(2)).toEqual(Uint8Array.of(7));
    expect([outbox.closeNumber, outbox.hasRoom]).toEqual([2, false]);
    expect(() => outbox.accept(frame(64))).toThrow(UsageError);
  });

  test("says which messages were lost; the close is none", () => {
    const outbox = new Outbox(SESSION_RULES, 1000, 1_000_000);
    expect(outbox.discard()).toBeUndefined();
    for (let count = 0; count < 3; count += 1) outbox.accept(frame(64));
    outbox.close(Uint8Array.of(7));
    outbox.take(1);
    outbox.acknowledge(1);
    expect(outbox.discard()).toEqual({ from: 2, to: 3 });
    expect(outbox.heldBytes).toBe(0);
  });
});
