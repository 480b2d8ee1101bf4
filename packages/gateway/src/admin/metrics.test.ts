import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAILURES, type FailureCode } from "../failure.ts";
import { FakeClock } from "../host/fake-clock.ts";
import type { LogLosses } from "../telemetry/log.ts";
import { type ReadSample, readExposition } from "./exposition-reader.ts";
import { FakeView } from "./fake-view.ts";
import { FAMILIES } from "./metric-families.ts";
import { createMetrics } from "./metrics.ts";

function setUp(logLosses: LogLosses | undefined = { dropped: 3, suppressed: 4 }) {
  const view = new FakeView();
  const clock = new FakeClock();
  const process = { runtime: "bun 1", readCpuSeconds: () => 1.25, readMemoryBytes: () => 5_000_000 };
  const metrics = createMetrics(view, { clock, process, logLosses });
  const samples = (name: string): ReadSample[] => readExposition(metrics.render()).get(name)?.samples ?? [];
  const value = (name: string, labels: Record<string, string> = {}): number | undefined =>
    samples(name).find((sample) => Bun.deepEquals(sample.labels, labels))?.value;
  return { view, clock, metrics, samples, value };
}

describe("metrics", () => {
  test("tell the counts of each service", () => {
    const { view, value } = setUp();
    view.addService("/echo", {
      connectionsOpen: 2,
      connectionsTotal: 9,
      httpRequests: 5,
      backendConnects: 7,
      backendsOpen: 1,
    });
    view.addService("/a", { messagesIn: 1, messagesOut: 2, bytesIn: 30, bytesOut: 40 });
    const echo = { service: "/echo" };
    expect(value("sluice_connections_open", echo)).toBe(2);
    expect(value("sluice_connections_total", echo)).toBe(9);
    expect(value("sluice_http_requests_total", echo)).toBe(5);
    expect(value("sluice_backend_connects_total", echo)).toBe(7);
    expect(value("sluice_backend_connections_open", echo)).toBe(1);
    expect(value("sluice_messages_total", { service: "/a", direction: "in" })).toBe(1);
    expect(value("sluice_messages_total", { service: "/a", direction: "out" })).toBe(2);
    expect(value("sluice_message_bytes_total", { service: "/a", direction: "in" })).toBe(30);
    expect(value("sluice_message_bytes_total", { service: "/a", direction: "out" })).toBe(40);
  });

  test("tell refusals and failures by code, with or without a service", () => {
    const { view, value } = setUp();
    view.addService("/echo", {
      refused: new Map([["origin.refused", 4]]),
      failed: new Map([["session.idle", 5]]),
      backendFailures: new Map([["backend.timeout", 6]]),
    });
    view.refused.set("path.unknown", 7);
    expect(value("sluice_refused_total", { service: "/echo", code: "origin.refused" })).toBe(4);
    expect(value("sluice_refused_total", { service: "none", code: "path.unknown" })).toBe(7);
    expect(value("sluice_failed_total", { service: "/echo", code: "session.idle" })).toBe(5);
    expect(value("sluice_backend_failures_total", { service: "/echo", code: "backend.timeout" })).toBe(6);
  });

  test("tell the process, the log and the build", () => {
    const { value } = setUp();
    expect(value("sluice_build_info", { version: "1.2.3", runtime: "bun 1" })).toBe(1);
    expect(value("process_start_time_seconds")).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
    expect(value("process_cpu_seconds_total")).toBe(1.25);
    expect(value("process_resident_memory_bytes")).toBe(5_000_000);
    expect(value("process_open_fds")).toBe(12);
    expect(value("process_max_fds")).toBe(1024);
    expect(value("sluice_log_lines_dropped_total")).toBe(3);
    expect(value("sluice_log_lines_suppressed_total")).toBe(4);
  });

  test("tell no descriptors where the system does not", () => {
    const { view, samples } = setUp();
    view.descriptors = { open: 0, limit: Number.POSITIVE_INFINITY };
    expect(samples("process_open_fds")).toEqual([]);
    expect(samples("process_max_fds")).toEqual([]);
    view.descriptors = { open: 5, limit: Number.POSITIVE_INFINITY };
    expect(samples("process_max_fds")).toMatchObject([{ value: Number.POSITIVE_INFINITY }]);
  });

  test("tell which state each listener is in", () => {
    const { view, samples, value } = setUp();
    view.listenerList = [{ url: "https://[::]:8443", state: "paused", drafts: false }];
    const listener = "https://[::]:8443";
    expect(samples("sluice_listener_state")).toHaveLength(3);
    expect(value("sluice_listener_state", { listener, state: "paused" })).toBe(1);
    expect(value("sluice_listener_state", { listener, state: "listening" })).toBe(0);
    expect(value("sluice_ready")).toBe(0);
  });

  test("tell of the last reload, once there was one", () => {
    const { view, samples, value } = setUp();
    expect(samples("sluice_config_last_reload_successful")).toEqual([]);
    view.lastReload = { atMs: 1_700_000_000_500, isApplied: true };
    expect(value("sluice_config_last_reload_successful")).toBe(1);
    expect(value("sluice_config_last_reload_timestamp_seconds")).toBe(1_700_000_000.5);
    view.lastReload = { atMs: 1_700_000_001_000, isApplied: false };
    expect(value("sluice_config_last_reload_successful")).toBe(0);
  });

  test("tell how long handshakes took and how late the event loop was", () => {
    const { view, clock, samples } = setUp();
    view.observeHandshake(0.002);
    view.observeHandshake(20);
    clock.advance(100);
    clock.nowMs += 400;
    clock.advance(0);
    const read = (family: string): Record<string, number> =>
      Object.fromEntries(samples(family).map(({ name, labels: { le = name }, value }) => [le, value]));
    expect(read("sluice_handshake_duration_seconds")).toMatchObject({
      "0.001": 0,
      "0.0025": 1,
      "10": 1,
      "+Inf": 2,
      sluice_handshake_duration_seconds_sum: 20.002,
      sluice_handshake_duration_seconds_count: 2,
    });
    const delays = read("sluice_event_loop_delay_seconds");
    expect(delays["0.001"]).toBe(delays["0.25"]);
    expect(delays["0.5"]).toBe((delays["0.25"] ?? 0) + 1);
  });

  test("leave no timer behind", () => {
    const { clock, metrics } = setUp();
    metrics.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  test("never walk connections, and stay cheap with 200 services", () => {
    const { view, metrics } = setUp();
    const codes = Object.keys(FAILURES).filter((code): code is FailureCode => code in FAILURES);
    for (let number = 0; number < 200; number++) {
      view.addService(`/service/${number}`, {
        refused: new Map(codes.slice(0, 5).map((code) => [code, number])),
      });
    }
    for (let number = 0; number < 1000; number++) view.addConnection(`c-${number}`);
    const startMs = performance.now();
    const text = metrics.render();
    const tookMs = performance.now() - startMs;
    expect(view.walks).toBe(0);
    expect(text.split("\n").length).toBeGreaterThan(200 * 14);
    // Some 4 ms cold on the slowest machine seen; the bound is for a mistake of another order.
    expect(tookMs).toBeLessThan(100);
  });
});

describe("the table of metrics", () => {
  test("is complete: every family is written, and nothing else", () => {
    const { view, metrics } = setUp();
    view.lastReload = { atMs: 0, isApplied: true };
    view.addService("/echo", {
      refused: new Map([["rate.exceeded", 1]]),
      failed: new Map([["session.slow", 1]]),
      backendFailures: new Map([["backend.reset", 1]]),
    });
    const written = [...readExposition(metrics.render())].map(([name, { type, help }]) => ({
      name,
      type,
      help,
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(written.sort(byName)).toEqual(Object.values(FAMILIES).toSorted(byName));
  });

  test.each(Object.values(FAMILIES))("names $name by the conventions of Prometheus", ({ name, type }) => {
    expect(name).toMatch(/^(?:sluice|process)_[a-z_]+$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(name).not.toMatch(/_(?:ms|milliseconds|kb|mb)(?:_|$)/);
    if (type === "histogram") expect(name).toEndWith("_seconds");
  });

  test("stands in the operators' guide, the same names in the same number", () => {
    const guide = readFileSync(join(import.meta.dir, "../../../../docs/guide/operation.md"), "utf8");
    const told = [...guide.matchAll(/^\| `((?:sluice|process)_[a-z_]+)`/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(
      Object.values(FAMILIES)
        .map(({ name }): string => name)
        .sort(),
    );
  });
});

describe("the operators' guide", () => {
  test("explains every failure code, with its HTTP status and close code, and none that there is not", () => {
    const guide = readFileSync(join(import.meta.dir, "../../../../docs/guide/operation.md"), "utf8");
    const told = [...guide.matchAll(/^\| `([a-z]+\.[a-z_]+)` \| (\d+), (\d+) \|/gm)].map((row) =>
      row.slice(1).join(),
    );
    const known = Object.entries(FAILURES).map(([code, kind]) =>
      [code, kind.httpStatus, kind.closeCode].join(),
    );
    expect(told.sort()).toEqual(known.sort());
  });
});
