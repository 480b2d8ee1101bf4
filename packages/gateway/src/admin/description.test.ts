import { describe, expect, test } from "bun:test";
import { describeConnection, describeGateway, describeService } from "./description.ts";
import { FakeView } from "./fake-view.ts";

const PROBE = { runtime: "bun 1", readCpuSeconds: () => 1, readMemoryBytes: () => 7_000 };

describe("descriptions", () => {
  test("of the gateway", () => {
    const view = new FakeView();
    view.addService("/a", { connectionsOpen: 2 });
    view.addService("/b", { connectionsOpen: 3 });
    view.refused.set("path.unknown", 1);
    view.lastReload = { atMs: view.startedAtMs + 30_000, isApplied: false };
    const nowMs = view.startedAtMs + 61_999;
    expect(describeGateway(view, PROBE, nowMs, { dropped: 4, suppressed: 5 })).toEqual({
      version: "1.2.3",
      runtime: "bun 1",
      state: "ready",
      startedAt: "2026-01-02T03:04:05.000Z",
      uptimeSeconds: 61,
      lastReload: { at: "2026-01-02T03:04:35.000Z", applied: false },
      listeners: [{ url: "http://127.0.0.1:8000", state: "listening", drafts: false }],
      connectionsOpen: 5,
      descriptors: { open: 12, limit: 1024 },
      memory: { residentBytes: 7_000 },
      refused: { "path.unknown": 1 },
      log: { linesDropped: 4, linesSuppressed: 5 },
    });
  });

  test("of a gateway without a limit of descriptors and without losses", () => {
    const view = new FakeView();
    view.descriptors = { open: 3, limit: Number.POSITIVE_INFINITY };
    expect(describeGateway(view, PROBE, view.startedAtMs, undefined)).toMatchObject({
      descriptors: { open: 3, limit: null },
      lastReload: null,
      log: { linesDropped: 0, linesSuppressed: 0 },
    });
  });

  test("of a service", () => {
    const view = new FakeView();
    view.addService("/a b/é", {
      connectionsOpen: 1,
      connectionsTotal: 2,
      messagesIn: 3,
      messagesOut: 4,
      bytesIn: 5,
      bytesOut: 6,
      httpRequests: 7,
      backendConnects: 8,
      backendsOpen: 9,
      refused: new Map([["rate.exceeded", 10]]),
      failed: new Map([["session.idle", 11]]),
      backendFailures: new Map([["backend.reset", 12]]),
    });
    expect(view.services().map(describeService)).toEqual([
      {
        path: "/a b/é",
        type: "echo",
        href: "/api/v1/services/%2Fa%20b%2F%C3%A9",
        connections: { open: 1, total: 2 },
        messages: { in: 3, out: 4 },
        bytes: { in: 5, out: 6 },
        httpRequests: 7,
        backends: { open: 9, connects: 8 },
        refused: { "rate.exceeded": 10 },
        failed: { "session.idle": 11 },
        backendFailures: { "backend.reset": 12 },
      },
    ]);
  });

  test("of a connection", () => {
    const view = new FakeView();
    view.addConnection("c-1", {
      subprotocol: "mqtt",
      messagesIn: 1,
      messagesOut: 2,
      bytesIn: 3,
      bytesOut: 4,
      bufferedBytes: 5,
      lastHeardAtMs: view.startedAtMs + 1500.25,
    });
    view.addConnection("c-2", { origin: "null", roundTripMs: 12.5 });
    expect(view.connectionList.map(describeConnection)).toMatchObject([
      {
        id: "c-1",
        path: "/echo",
        carrier: "websocket",
        address: "192.0.2.7",
        origin: null,
        subprotocol: "mqtt",
        openedAt: "2026-01-02T03:04:05.000Z",
        lastHeardAt: "2026-01-02T03:04:06.500Z",
        roundTripMs: null,
        messages: { in: 1, out: 2 },
        bytes: { in: 3, out: 4 },
        bufferedBytes: 5,
      },
      { id: "c-2", origin: "null", roundTripMs: 12.5 },
    ]);
  });
});
