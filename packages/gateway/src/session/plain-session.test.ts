import { describe, expect, test } from "bun:test";
import { type CommonSettings, commonOptions } from "../config/common.ts";
import { Failure, UsageError } from "../failure.ts";
import { FakeClock } from "../host/fake-clock.ts";
import { createFakeHandshake, FakeLog } from "../service/fake-session.ts";
import { createServiceMetrics } from "../telemetry/metrics.ts";
import type { Carrier } from "./carrier.ts";
import { PlainSession } from "./plain-session.ts";
import type { ServiceGroup } from "./service-group.ts";
import type { Message, Session, SessionHandler } from "./session.ts";

class FakeCarrier implements Carrier {
  bufferedBytes = 0;
  hasRoom = true;
  readonly calls: string[] = [];
  session: PlainSession | undefined;

  send(message: Message, compress: boolean): boolean {
    this.calls.push(`send ${message}${compress ? " compressed" : ""}`);
    return this.hasRoom;
  }
  ping(): void {
    this.calls.push("ping");
  }
  pause(): void {
    this.calls.push("pause");
  }
  resume(): void {
    this.calls.push("resume");
  }
  close(code: number, reason: string): void {
    this.calls.push(`close ${code} ${reason}`);
    this.session?.closed(code, reason);
  }
  terminate(): void {
    this.calls.push("terminate");
    this.session?.closed(1006, "");
  }
  subscribe(topic: string): void {
    this.calls.push(`subscribe ${topic}`);
  }
}

function setUp(common: Partial<CommonSettings> = {}, openHandler?: (session: Session) => SessionHandler) {
  const clock = new FakeClock();
  const log = new FakeLog();
  const released: string[] = [];
  const group: ServiceGroup = {
    path: "/x",
    type: "echo",
    common: { ...commonOptions.parse({}), ...common },
    metrics: createServiceMetrics(),
    log,
    sessions: new Set(),
    published: { messages: 0, bytes: 0 },
    opening: 1,
    endedBy: undefined,
    nowMs: () => clock.monotonicMs(),
    release: (address) => released.push(address),
  };
  const seen: string[] = [];
  const handler: SessionHandler = {
    message: (message) => seen.push(`message ${message}`),
    drained: () => seen.push("drained"),
    closed: (code, reason) => seen.push(`closed ${code} ${reason}`),
  };
  const session = new PlainSession({
    handshake: createFakeHandshake(),
    group,
    openedAtMs: 0,
    opening: {
      subprotocol: "",
      open: openHandler ?? (() => handler),
      abandon: () => seen.push("abandoned"),
    },
  });
  const carrier = new FakeCarrier();
  carrier.session = session;
  return { clock, log, released, group, seen, session, carrier };
}

describe("a plain session", () => {
  test("counts messages and bytes both ways, text in UTF-8", () => {
    const { session, carrier, group } = setUp();
    session.attach(carrier);
    session.message("ä");
    session.message(Uint8Array.of(1, 2, 3));
    session.send("€");
    expect([session.messagesIn, session.bytesIn, session.messagesOut, session.bytesOut]).toEqual([
      2, 5, 1, 3,
    ]);
    expect([group.metrics.messagesIn, group.metrics.bytesIn]).toEqual([2, 5]);
    expect([group.metrics.messagesOut, group.metrics.bytesOut]).toEqual([1, 3]);
  });

  test("counts what was published since it subscribed as its own", () => {
    const { session, carrier, group } = setUp();
    group.published.messages = 7;
    group.published.bytes = 70;
    session.attach(carrier);
    session.subscribe("t");
    group.published.messages = 9;
    group.published.bytes = 90;
    session.send("x");
    expect([session.messagesOut, session.bytesOut]).toEqual([3, 21]);
  });

  test.each([
    ["binary at the limit", new Uint8Array(10), true],
    ["binary one byte over", new Uint8Array(11), false],
    ["text at the limit", "ä".repeat(5), true],
    ["text one byte over", `${"ä".repeat(5)}a`, false],
  ])("takes messages up to messageMaxSize: %s", (_name, message, isTaken) => {
    const { session, carrier, seen } = setUp({ messageMaxSize: 10 });
    session.attach(carrier);
    session.message(message);
    expect(seen.some((line) => line.startsWith("message"))).toBe(isTaken);
    expect(carrier.calls.some((call) => call.startsWith("close 1009"))).toBe(!isTaken);
  });

  test("compresses from compressionMinSize on", () => {
    const { session, carrier } = setUp({ compressionMinSize: 3 });
    session.attach(carrier);
    session.send("ab");
    session.send("abc");
    expect(carrier.calls).toEqual(["send ab", "send abc compressed"]);
  });

  test("gives its place back exactly once, whether it opened or not", () => {
    const never = setUp();
    never.session.abandon();
    expect([never.released, never.seen]).toEqual([["192.0.2.7"], ["abandoned"]]);
    const opened = setUp();
    opened.session.attach(opened.carrier);
    opened.session.close(1000, "");
    opened.session.closed(1000, "");
    expect(opened.released).toEqual(["192.0.2.7"]);
    expect(opened.group.sessions.size).toBe(0);
    expect(opened.group.metrics.connectionsOpen).toBe(0);
  });

  test("ends by 1011 when its service throws, and reports the bug with its stack", () => {
    const { session, carrier, log, group } = setUp({}, () => ({
      message() {
        throw new TypeError("oops");
      },
      drained() {},
      closed() {},
    }));
    session.attach(carrier);
    session.message("x");
    expect(carrier.calls).toEqual(["close 1011 The gateway failed."]);
    expect(log.events("error")).toEqual(["session failed by a bug"]);
    expect(group.metrics.failed.get("session.bug")).toBe(1);
  });

  test("tells a handler of an end that came while it was being made", () => {
    const ends: number[] = [];
    const { session, carrier } = setUp({}, (one) => {
      one.close(1000, "");
      return { message() {}, drained() {}, closed: (code) => ends.push(code) };
    });
    session.attach(carrier);
    expect(ends).toEqual([1006]);
  });

  test.each(["service.stopped", "gateway.stopping"] as const)(
    "ends at once when it comes up after %s",
    (code) => {
      const { session, carrier, group, seen } = setUp();
      group.endedBy = code;
      session.attach(carrier);
      expect(carrier.calls).toHaveLength(1);
      expect(group.metrics.failed.get(code)).toBe(1);
      expect([seen.length, group.opening, group.sessions.size]).toEqual([1, 0, 0]);
    },
  );

  test("is attached once", () => {
    const { session, carrier } = setUp();
    session.attach(carrier);
    expect(() => session.attach(carrier)).toThrow(UsageError);
  });

  test("says why it failed in one line, and keeps the detail from the client", () => {
    const { session, carrier, log } = setUp();
    session.attach(carrier);
    session.fail(new Failure("backend.refused", "tcp://10.0.0.1:1 ECONNREFUSED"));
    expect(carrier.calls).toEqual(["close 1014 The back end refused the connection."]);
    const lines = log.lines.filter(({ event }) => event === "connection closed");
    expect(lines.map(({ level, fields }) => [level, fields.reason, fields.detail])).toEqual([
      ["info", "backend.refused", "tcp://10.0.0.1:1 ECONNREFUSED"],
    ]);
  });

  test("sends nothing after its end", () => {
    const { session, carrier } = setUp();
    session.attach(carrier);
    session.close(1000, "");
    carrier.calls.length = 0;
    expect(session.send("x")).toBe(false);
    session.message("x");
    session.drained();
    session.fail(new Failure("session.slow"));
    expect(carrier.calls).toEqual([]);
  });
});

describe("silence", () => {
  const T = 8000;

  function sweepFor(durationMs: number, parts: ReturnType<typeof setUp>): void {
    for (let passed = 0; passed < durationMs; passed += 1000) {
      parts.clock.advance(1000);
      parts.session.sweep(parts.clock.monotonicMs());
    }
  }

  test("is answered by a ping at half the idle timeout and by 3008 at the whole of it, not before", () => {
    const parts = setUp({ idleTimeout: T });
    parts.session.attach(parts.carrier);
    sweepFor(1000 + T / 2 - 1000, parts);
    expect(parts.carrier.calls).toEqual([]);
    sweepFor(1000, parts);
    expect(parts.carrier.calls).toEqual(["ping"]);
    sweepFor(T / 2 - 1000, parts);
    expect(parts.carrier.calls).toEqual(["ping"]);
    sweepFor(1000, parts);
    expect(parts.carrier.calls.at(-1)).toStartWith("close 3008");
  });

  test("ends with any message or pong, which also gives the round trip", () => {
    const parts = setUp({ idleTimeout: T });
    parts.session.attach(parts.carrier);
    sweepFor(5000, parts);
    expect(parts.carrier.calls).toEqual(["ping"]);
    parts.clock.advance(40);
    parts.session.pong();
    expect(parts.session.roundTripMs).toBe(40);
    sweepFor(5000, parts);
    expect(parts.carrier.calls).toEqual(["ping", "ping"]);
    parts.session.message("x");
    sweepFor(T - 1000, parts);
    expect(parts.session.isOpen).toBe(true);
  });

  test("cannot be heard while reading is paused; a pause of the whole idle timeout ends it as stalled", () => {
    const parts = setUp({ idleTimeout: T });
    parts.session.attach(parts.carrier);
    parts.session.pause();
    sweepFor(T, parts);
    expect(parts.session.isOpen).toBe(true);
    parts.session.resume();
    sweepFor(1000, parts);
    parts.session.pause();
    sweepFor(T + 1000, parts);
    expect(parts.session.isOpen).toBe(false);
    expect(parts.group.metrics.failed.get("session.stalled")).toBe(1);
  });

  test("is nobody's concern with an unlimited idle timeout", () => {
    const parts = setUp({ idleTimeout: Number.POSITIVE_INFINITY });
    parts.session.attach(parts.carrier);
    sweepFor(1_000_000, parts);
    expect(parts.carrier.calls).toEqual([]);
  });
});
