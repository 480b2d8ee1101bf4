import { describe, expect, test } from "bun:test";
import { describeDiff, diffSettings } from "./diff.ts";
import { loaded } from "./fake-loading.ts";

const BASE = {
  listen: ["http://127.0.0.1:8000", "http://127.0.0.1:9000"],
  services: { "/a": { type: "mirror" }, "/b": { type: "relay", connect: "tcp://h:1" } },
};

function settings(value: object) {
  return loaded("", { content: { value } }).settings;
}

function describeChange(change: object): readonly string[] {
  return describeDiff(diffSettings(settings(BASE), settings({ ...BASE, ...change })));
}

test("the same configuration, read twice, has no difference", () => {
  expect(describeChange({})).toEqual([]);
  expect(
    describeChange({ services: { "/b/": BASE.services["/b"], "/a": { type: "mirror", repeat: 1 } } }),
  ).toEqual([]);
});

describe("services", () => {
  test("are added, removed and changed by path", () => {
    const change = {
      services: {
        "/b": { type: "relay", connect: "tcp://h:2", idleTimeout: "1s" },
        "/c": { type: "mirror" },
      },
    };
    expect(describeChange(change)).toEqual([
      "service /a removed",
      "service /c added",
      "service /b changed: idleTimeout, connect.port",
    ]);
    const diff = diffSettings(settings(BASE), settings({ ...BASE, ...change }));
    expect(diff.services.changed[0]?.before.common.idleTimeout).toBe(60_000);
    expect(diff.services.changed[0]?.after.common.idleTimeout).toBe(1000);
  });

  test("change their type", () => {
    const change = { services: { ...BASE.services, "/a": { type: "relay", connect: "tcp://h:1" } } };
    expect(describeChange(change)[0]).toStartWith("service /a changed: type, ");
  });

  test("change with `defaults`, where they do not say otherwise", () => {
    expect(describeChange({ defaults: { idleTimeout: "1s" } })).toEqual([
      "service /a changed: idleTimeout",
      "service /b changed: idleTimeout",
    ]);
  });
});

describe("listeners", () => {
  test("are known by their address", () => {
    const change = { listen: [{ url: "http://127.0.0.1:9000", drafts: true }, "http://[::1]:8000"] };
    expect(describeChange(change)).toEqual([
      "listener http://127.0.0.1:8000 removed",
      "listener http://[::1]:8000 added",
      "listener http://127.0.0.1:9000 changed: drafts",
    ]);
  });

  test("with a free port are told apart by their order", () => {
    const free = "http://127.0.0.1:0";
    const before = settings({ ...BASE, listen: [free, free] });
    expect(describeDiff(diffSettings(before, before))).toEqual([]);
    expect(describeDiff(diffSettings(before, settings({ ...BASE, listen: [free] })))).toEqual([
      `listener ${free} removed`,
    ]);
  });
});

describe("the rest", () => {
  test("is named as in the file", () => {
    const change = {
      limits: { connectsPerAddress: { burst: 5 }, headerMaxSize: "32 KiB" },
      hosts: ["a"],
      stop: { spread: "2s" },
    };
    expect(describeChange(change)).toEqual([
      "hosts changed",
      "limits.connectsPerAddress.burst changed",
      "limits.headerMaxSize takes effect at the next restart",
      "stop.spread changed",
    ]);
  });

  test("says what takes a restart", () => {
    expect(describeChange({ admin: "off", log: { level: "debug" } })).toEqual([
      "admin takes effect at the next restart",
      "log.level takes effect at the next restart",
    ]);
    expect(describeChange({ admin: "http://127.0.0.1:8002" })).toEqual([
      "admin takes effect at the next restart",
    ]);
  });

  test("is not changed by the folder of the file", () => {
    const before = settings(BASE);
    expect(diffSettings(before, { ...before, baseDirectory: "/other" }).globals).toEqual([]);
  });
});
