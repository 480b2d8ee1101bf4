import { describe, expect, test } from "bun:test";
import { commonOptions } from "../config/common.ts";
import type { ServiceSettings } from "../config/settings.ts";
import { FakeClock } from "../host/fake-clock.ts";
import { createFakeHandshake, FakeLog } from "../service/fake-session.ts";
import type { ServiceDefinition } from "../service/service.ts";
import { PlainSession } from "../session/plain-session.ts";
import { createRunningService } from "./running-service.ts";
import { ServiceSet } from "./service-set.ts";

const common = commonOptions.parse({});

function at(path: string, repeat = 1): ServiceSettings {
  return { path, type: "fake", common, options: { repeat } };
}

function setUp() {
  const clock = new FakeClock();
  const events: string[] = [];
  const failing = new Set<string>();
  const definition: ServiceDefinition = {
    type: "fake",
    summary: "",
    match: "exact",
    options: commonOptions,
    create: (_settings, { path }) => ({
      start() {
        events.push(`start ${path}`);
        if (failing.has(path)) throw new Error(`${path} cannot start`);
      },
      stop: () => void events.push(`stop ${path}`),
    }),
  };
  const set = new ServiceSet(clock, (settings) =>
    createRunningService({
      settings,
      definition,
      clock,
      log: new FakeLog(),
      publish: () => {},
      release: () => events.push("release"),
    }),
  );
  const apply = async (...settings: ServiceSettings[]) => (await set.prepare(settings)).commit();
  return { clock, set, events, failing, apply };
}

function openSession(set: ServiceSet, path: string) {
  const group = set.running.get(path)?.group;
  if (group === undefined) throw new Error("no such service");
  const calls: string[] = [];
  const session: PlainSession = new PlainSession({
    handshake: createFakeHandshake(),
    group,
    openedAtMs: 0,
    opening: { subprotocol: "", open: () => ({ message() {}, drained() {}, closed() {} }) },
  });
  session.attach({
    bufferedBytes: 0,
    send: () => true,
    ping: () => calls.push("ping"),
    pause() {},
    resume() {},
    close(code) {
      calls.push(`close ${code}`);
      session.closed(code, "");
    },
    terminate() {},
    subscribe() {},
  });
  return { session, calls };
}

describe("the running services", () => {
  test("are changed by difference: an unchanged one keeps its instance and its sessions", async () => {
    const { set, events, apply } = setUp();
    await apply(at("/a"), at("/b"));
    const kept = set.running.get("/a");
    const a = openSession(set, "/a");
    const b = openSession(set, "/b");
    expect(await apply(at("/a"), at("/b", 2), at("/c"))).toEqual(["service /b changed", "service /c added"]);
    expect(set.running.get("/a")).toBe(kept);
    expect([a.calls, b.calls]).toEqual([[], ["close 1012"]]);
    expect(events).toEqual(["start /a", "start /b", "start /b", "start /c", "stop /b", "release"]);
    expect(await apply(at("/a"))).toEqual(["service /b removed", "service /c removed"]);
    expect(a.calls).toEqual([]);
  });

  test("stay as they were when one of the new ones cannot start", async () => {
    const { set, events, failing, apply } = setUp();
    await apply(at("/a"));
    const a = openSession(set, "/a");
    failing.add("/c");
    events.length = 0;
    await expect(set.prepare([at("/a", 2), at("/b"), at("/c")])).rejects.toThrow("/c cannot start");
    expect(events).toEqual(["start /a", "start /b", "start /c", "stop /a", "stop /b", "stop /c"]);
    expect([...set.running.keys()]).toEqual(["/a"]);
    expect(a.calls).toEqual([]);
  });

  test("stop what a rolled-back change had started", async () => {
    const { set, events } = setUp();
    const change = await set.prepare([at("/a")]);
    await change.rollBack();
    expect(events).toEqual(["start /a", "stop /a"]);
    expect(set.running.size).toBe(0);
  });

  test("are idle when sessions and back ends have ended, those of removed services too", async () => {
    const { set, apply } = setUp();
    await apply(at("/a"));
    const group = set.running.get("/a")?.group;
    if (group === undefined) throw new Error("unreachable");
    group.metrics.backendsOpen = 1;
    await apply();
    expect(set.isIdle).toBe(false);
    group.metrics.backendsOpen = 0;
    expect(set.isIdle).toBe(true);
  });

  test("have their sessions looked after for silence until they are removed", async () => {
    const { set, clock, apply } = setUp();
    await apply(at("/a"));
    const { calls } = openSession(set, "/a");
    clock.advance(45_000);
    expect(calls).toEqual(["ping"]);
    await apply();
    expect(clock.pendingTimers).toBe(0);
  });
});
