import { describe, expect, test } from "bun:test";
import { gatewayOptions, type LimitSettings } from "../config/gateway.ts";
import { createFakeHandshake } from "../service/fake-session.ts";
import { createLimitsGuard, type Headroom } from "./limits.ts";

const defaults = gatewayOptions.parse({ listen: ["http://localhost:0"] }).limits;
const plenty: Headroom = { descriptorsFree: 10_000, memoryBytes: 0 };

function setUp(limits: Partial<LimitSettings>, headroom = plenty) {
  const settings = { ...defaults, ...limits };
  return createLimitsGuard(
    () => settings,
    () => headroom,
  );
}

describe("the limits guard", () => {
  const a = createFakeHandshake({ address: "192.0.2.1" });
  const b = createFakeHandshake({ address: "192.0.2.2" });

  test("admits as many connections as configured, and again after one has gone", () => {
    const guard = setUp({ connectionsMax: 2 });
    for (const { address } of [a, b]) {
      expect(guard.judge(a)).toBeUndefined();
      guard.take(address);
    }
    expect(guard.judge(b)).toMatchObject({ code: "limit.connections", retryAfterS: 5 });
    guard.release(a.address);
    expect(guard.judge(b)).toBeUndefined();
    expect(guard.open).toBe(1);
  });

  test("counts by address, an IPv6 one by its /64", () => {
    const guard = setUp({ connectionsPerAddressMax: 1 });
    guard.take("2001:db8::1");
    expect(guard.judge(createFakeHandshake({ address: "2001:db8::2" }))).toMatchObject({
      code: "limit.address",
    });
    expect(guard.judge(createFakeHandshake({ address: "2001:db8:0:1::2" }))).toBeUndefined();
  });

  test("refuses below the reserve of descriptors, not at it", () => {
    expect(setUp({ descriptorReserve: 100 }, { ...plenty, descriptorsFree: 100 }).judge(a)).toBeUndefined();
    const short = setUp({ descriptorReserve: 100 }, { ...plenty, descriptorsFree: 99 });
    expect(short.judge(a)).toMatchObject({ code: "limit.descriptors" });
    expect(short.judge({ ...a, carrier: "http" })).toMatchObject({ code: "limit.descriptors" });
  });

  test("refuses at the limit of memory", () => {
    expect(setUp({ memoryMaxSize: 100 }, { ...plenty, memoryBytes: 99 }).judge(a)).toBeUndefined();
    expect(setUp({ memoryMaxSize: 100 }, { ...plenty, memoryBytes: 100 }).judge(a)).toMatchObject({
      code: "limit.memory",
    });
  });

  test("takes changed limits at once, with the counts going on", () => {
    let settings: LimitSettings = { ...defaults, connectionsMax: 5 };
    const guard = createLimitsGuard(
      () => settings,
      () => plenty,
    );
    guard.take("x");
    settings = { ...settings, connectionsMax: 1 };
    expect(guard.judge(a)).toMatchObject({ code: "limit.connections" });
  });
});
