import { afterEach, describe, expect, test } from "bun:test";
import type { Handshake } from "../../session/handshake.ts";
import { createFakeContext, createFakeHandshake } from "../fake-session.ts";
import { createMeters } from "./meters.ts";
import { efficiencyOptions } from "./options.ts";
import { createRunStore } from "./run-store.ts";

const toStop: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0)) await stop();
});

function setup(meter: string) {
  const { clock, log } = createFakeContext();
  const runs = createRunStore(clock, () => "run");
  const meters = createMeters({
    settings: efficiencyOptions.parse({ meter }),
    base: "/demo",
    runs,
    clock,
    log,
  });
  toStop.push(() => meters.stop());
  const visit = (changes: Partial<Handshake> = {}): Handshake => ({
    ...createFakeHandshake({ host: "127.0.0.1:8000" }),
    listener: "http://127.0.0.1:8000",
    carrier: "http",
    ...changes,
  });
  return { meters, visit, log, clock };
}

describe("the choice of a meter", () => {
  test("is a free port at the visitor's own host name, the same for all of a listener", () => {
    const { meters, visit, log } = setup("auto");
    const first = meters.choose(visit());
    expect(first).toEqual({ origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(meters.choose(visit())).toEqual(first);
    expect(log.events("info")).toEqual(["meter listening"]);
  });

  test("is another one for another listener", () => {
    const { meters, visit } = setup("auto");
    const first = meters.choose(visit());
    const second = meters.choose(visit({ listener: "http://127.0.0.1:9000", host: "127.0.0.1:9000" }));
    expect(second).not.toEqual(first);
  });

  test("opens nothing before the first visit", () => {
    const { log, clock } = setup("auto");
    expect([log.lines, clock.pendingTimers]).toEqual([[], 0]);
  });

  test.each([
    ["off", {}, "off"],
    ["auto", { secure: true }, "tls"],
    ["auto", { listener: "https://127.0.0.1:8000" }, "tls"],
    ["auto", { host: "gateway.example" }, "other-port"],
    ["auto", { host: "127.0.0.1:8080" }, "other-port"],
    ["auto", { host: "not a host" }, "other-port"],
    ["127.0.0.1:0", { secure: true }, "tls"],
    ["127.0.0.1:0", { host: "not a host" }, "failed"],
  ] as const)("with `%s` and %j is none, because: %s", (meter, changes, unmetered) => {
    const { meters, visit } = setup(meter);
    expect(meters.choose(visit(changes))).toEqual({ unmetered });
  });

  test("is the configured address, whatever port the visitor came by", () => {
    const { meters, visit } = setup("127.0.0.1:0");
    const choice = meters.choose(visit({ host: "localhost:8080" }));
    expect(choice).toEqual({ origin: expect.stringMatching(/^http:\/\/localhost:\d+$/) });
    expect(meters.choose(visit({ host: "localhost", listener: "http://127.0.0.1:9000" }))).toEqual(choice);
  });

  test("is none while the address is taken, with a warning, and is tried again", () => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    toStop.push(() => taken.stop(true));
    const { meters, visit, log } = setup(`127.0.0.1:${taken.port}`);
    expect(meters.choose(visit())).toEqual({ unmetered: "failed" });
    expect(log.events("warn")).toEqual(["meter cannot listen"]);
    taken.stop(true);
    expect(meters.choose(visit())).toEqual({ origin: `http://127.0.0.1:${taken.port}` });
  });

  test("is forgotten with the service, and its port is free", async () => {
    const { meters, visit, clock } = setup("auto");
    const choice = meters.choose(visit());
    meters.stop();
    expect(clock.pendingTimers).toBe(0);
    const { port } = new URL("origin" in choice ? choice.origin : "http://h");
    const again = Bun.listen({ hostname: "127.0.0.1", port: Number(port), socket: { data() {} } });
    again.stop(true);
  });
});
