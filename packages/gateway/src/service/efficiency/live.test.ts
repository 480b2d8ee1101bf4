import { describe, expect, test } from "bun:test";
import { Failure } from "../../failure.ts";
import { FakeClock } from "../../host/fake-clock.ts";
import { FakeSession } from "../fake-session.ts";
import { openLive, type ServerMessage } from "./live.ts";
import { createRunStore, noteArrival, type Run } from "./run-store.ts";

function setup() {
  const clock = new FakeClock();
  const runs = createRunStore(clock, () => "run");
  const run: Run =
    runs.create({ listener: "http://localhost:1", home: "/", unmetered: "tls" }) ??
    expect.unreachable("no place");
  const open = () => {
    const session = new FakeSession();
    const handler = session.open({ subprotocol: "", open: (opened) => openLive(opened, run, clock) });
    const tell = (message: object) => handler.message(JSON.stringify(message));
    /** What was sent since the last look. */
    const heard = (): ServerMessage[] => session.sent.splice(0).map((text) => JSON.parse(String(text)));
    return { session, handler, tell, heard };
  };
  return { clock, run, open };
}

const types = (messages: ServerMessage[]) => messages.map(({ type }) => type);

describe("the control connection", () => {
  test("greets with the limits, and with the reason where bytes are not counted", () => {
    const { open } = setup();
    expect(open().heard()).toMatchObject([{ type: "hello", unmetered: "tls", limits: { rateMax: 50 } }]);
  });

  test("tells the gateway's time", () => {
    const { clock, open } = setup();
    const { tell, heard } = open();
    clock.advance(42);
    heard();
    tell({ type: "clock", id: 7 });
    expect(heard()).toEqual([{ type: "clock", id: 7, nowMs: 42 }]);
  });

  test("starts a measurement, tells its figures four times a second, and each time of a message once", () => {
    const { clock, run, open } = setup();
    const { tell, heard } = open();
    heard();
    clock.advance(1000);
    expect(heard()).toEqual([]);
    tell({ type: "start", rate: 10, size: 24 });
    expect(heard()).toMatchObject([{ type: "started", leadMs: 500, text: "Hello, world Hello, worl" }]);
    clock.advance(700);
    noteArrival(run, "poll", 3);
    clock.advance(300);
    const figures = heard();
    expect(types(figures)).toEqual(["figures", "figures", "figures", "figures"]);
    expect(figures.flatMap((one) => (one.type === "figures" ? one.times : []))).toEqual([
      1600, 1700, 1800, 1900,
    ]);
    expect(figures.flatMap((one) => (one.type === "figures" ? one.arrivals.poll : []))).toEqual([3]);
    expect(figures.at(-1)).toMatchObject({ elapsedMs: 1000, made: 4 });
  });

  test("stops a measurement, says so, and looks two seconds longer for its last bytes", () => {
    const { clock, open } = setup();
    const { tell, heard } = open();
    tell({ type: "start", rate: 10, size: 12 });
    clock.advance(250);
    heard();
    tell({ type: "stop" });
    expect(heard()).toEqual([{ type: "ended", end: "stopped" }]);
    clock.advance(60_000);
    expect(types(heard())).toEqual(new Array(7).fill("figures"));
  });

  test("says when the longest time is over", () => {
    const { clock, open } = setup();
    const { tell, heard } = open();
    tell({ type: "start", rate: 1, size: 12 });
    clock.advance(599_999);
    heard();
    clock.advance(1);
    expect(heard()).toContainEqual({ type: "ended", end: "time" });
  });

  test("sends no figures while the page has no room for them", () => {
    const { clock, open } = setup();
    const { tell, heard, session, handler } = open();
    tell({ type: "start", rate: 10, size: 12 });
    session.hasRoom = false;
    clock.advance(250);
    heard();
    clock.advance(1000);
    expect(heard()).toEqual([]);
    session.hasRoom = true;
    handler.drained();
    clock.advance(250);
    const [figures] = heard();
    // Of the first 1500 ms, the lead left out; the message of this very moment comes after the look.
    expect(figures?.type === "figures" && figures.times.length).toBe(9);
  });

  test("ends the measurement when the page leaves", () => {
    const { clock, run, open } = setup();
    const { tell, session } = open();
    tell({ type: "start", rate: 10, size: 12 });
    session.leave(1001);
    expect([run.feed.isRunning, run.dismiss, clock.pendingTimers]).toEqual([false, undefined, 0]);
  });

  test("goes to the page that came last", () => {
    const { run, open } = setup();
    const first = open();
    first.tell({ type: "start", rate: 10, size: 12 });
    const second = open();
    expect(first.session.failure?.code).toBe("service.stopped");
    expect(run.feed.isRunning).toBe(false);
    second.tell({ type: "start", rate: 10, size: 12 });
    expect(run.feed.isRunning).toBe(true);
    run.dismiss?.(new Failure("limit.connections"));
    expect(second.session.failure?.code).toBe("limit.connections");
    expect(run.feed.isRunning).toBe(false);
  });

  test.each([
    ["no JSON", "{"],
    ["bytes", new Uint8Array([123, 125])],
    ["an unknown type", '{"type":"run"}'],
    ["an unknown key", '{"type":"stop","x":1}'],
    ["a rate below 1", '{"type":"start","rate":0.9,"size":12}'],
    ["a rate above 50", '{"type":"start","rate":50.1,"size":12}'],
    ["a size below the talk's message", '{"type":"start","rate":5,"size":11}'],
    ["a size above 4096", '{"type":"start","rate":5,"size":4097}'],
    ["a size that is no whole number", '{"type":"start","rate":5,"size":12.5}'],
    ["null", "null"],
  ])("is closed with 1003 by %s", (_, message) => {
    const { run, open } = setup();
    const { handler, session } = open();
    handler.message(message);
    expect(session.closedWith?.code).toBe(1003);
    expect(run.feed.isRunning).toBe(false);
  });

  test.each([
    [1, 12],
    [50, 4096],
  ])("takes a rate of %d and a size of %d", (rate, size) => {
    const { run, open } = setup();
    open().tell({ type: "start", rate, size });
    expect(run.feed.isRunning).toBe(true);
  });
});
