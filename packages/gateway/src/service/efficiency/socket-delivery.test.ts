import { describe, expect, test } from "bun:test";
import { FakeClock } from "../../host/fake-clock.ts";
import { FakeSession } from "../fake-session.ts";
import { createRunStore, type Run, startRun } from "./run-store.ts";
import { openSocketDelivery } from "./socket-delivery.ts";

function setup() {
  const clock = new FakeClock();
  const runs = createRunStore(clock, () => "run");
  const run: Run =
    runs.create({ listener: "http://localhost:1", home: "/", unmetered: undefined }) ??
    expect.unreachable("no place");
  const session = new FakeSession();
  const open = () =>
    session.open({ subprotocol: "", open: (opened) => openSocketDelivery(opened, run, clock) });
  return { clock, run, session, open };
}

describe("delivery over a WebSocket", () => {
  test("sends each message once and as it is, those made before it was open too", () => {
    const { clock, run, session, open } = setup();
    startRun(run, 10, 12);
    clock.advance(700);
    open();
    clock.advance(100);
    expect(session.sent).toEqual(["Hello, world", "Hello, world", "Hello, world"]);
    expect(run.tally.techniques.websocket.toPage).toMatchObject({ messages: 3, payloadBytes: 36 });
  });

  test("waits for room and then sends what came meanwhile", () => {
    const { clock, run, session, open } = setup();
    startRun(run, 10, 12);
    const handler = open();
    session.hasRoom = false;
    clock.advance(1000);
    expect(session.sent).toHaveLength(1);
    session.hasRoom = true;
    handler.drained();
    expect(session.sent).toHaveLength(5);
  });

  test("counts the page's messages in bytes, with their arrival", () => {
    const { clock, run, open } = setup();
    startRun(run, 10, 12);
    const handler = open();
    clock.advance(5);
    handler.message("Grüße");
    handler.message(new Uint8Array(3));
    expect(run.tally.techniques.websocket.toServer).toMatchObject({ messages: 2, payloadBytes: 10 });
    expect(run.arrivals.websocket).toEqual([5, 5]);
  });

  test("closes with the feed, after the last message and without a reason's bytes", () => {
    const { clock, run, session, open } = setup();
    startRun(run, 10, 12);
    open();
    clock.advance(600);
    run.feed.stop();
    expect(session.sent).toHaveLength(1);
    expect(session.closedWith).toEqual({ code: 1000, reason: "" });
  });

  test("is over at once where no feed runs", () => {
    const { session, open } = setup();
    open();
    expect(session.closedWith?.code).toBe(1000);
  });

  test("goes on counting for its own measurement when another one has begun", () => {
    const { clock, run, open } = setup();
    startRun(run, 10, 12);
    const handler = open();
    const { tally } = run;
    startRun(run, 10, 12);
    handler.message("late");
    expect(tally.techniques.websocket.toServer.messages).toBe(1);
    expect(run.tally.techniques.websocket.toServer.messages).toBe(0);
    clock.advance(1);
  });

  test("listens no more once the client has left", () => {
    const { clock, run, session, open } = setup();
    startRun(run, 10, 12);
    open();
    session.leave(1001);
    clock.advance(1000);
    expect(session.sent).toEqual([]);
    expect(run.tally.techniques.websocket.toPage.messages).toBe(0);
  });
});
