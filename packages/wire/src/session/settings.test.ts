import { describe, expect, test } from "bun:test";
import { testSettings } from "../../testing/session/settings.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { assertSettings } from "./settings.ts";

const INITIATOR = { type: "initiator" } as const;

describe("settings", () => {
  test("at their edges are allowed", () => {
    assertSettings(INITIATOR, testSettings());
    assertSettings(INITIATOR, testSettings({ initialCreditBytes: 64, windowBytes: 64, ackBytes: 32 }));
    assertSettings({ type: "acceptor", subprotocol: "a".repeat(255) }, testSettings());
  });

  test.each([
    ["a window below the initial credit", { windowBytes: 65_535 }],
    ["an initial credit below one empty message", { initialCreditBytes: 63 }],
    ["acks at more than half the window", { ackBytes: 32_769 }],
    ["bytes that are not whole", { unnumberedMaxBytes: 0.5 }],
    ["a delay below zero", { ackDelayMs: -1 }],
    ["an endless detach window", { detachWindowMs: Number.POSITIVE_INFINITY }],
    ["a limit that is no number", { messageMaxBytes: Number.NaN }],
  ])("throws for %s", (_, changes) => {
    expect(() => assertSettings(INITIATOR, testSettings(changes))).toThrow(UsageError);
  });

  test.each(["a b", "é", "a".repeat(256)])("throws for the subprotocol %s", (subprotocol) => {
    expect(() => assertSettings({ type: "acceptor", subprotocol }, testSettings())).toThrow(UsageError);
  });
});
