import { describe, expect, test } from "bun:test";
import { Duplex } from "node:stream";
import { FakeClock } from "../host/fake-clock.ts";
import type { Carrier, SessionOffer } from "../session/carrier.ts";
import type { Message } from "../session/session.ts";
import { CodecCarrier } from "./codec-carrier.ts";
import { createRfc6455Codec } from "./rfc6455-codec.ts";

/** A byte stream whose other end is the test. */
class FakeStream extends Duplex {
  readonly written: number[] = [];
  /** Holds writes back until called. */
  release: (() => void) | undefined;
  isHolding = false;

  override _read(): void {}
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.written.push(...chunk);
    if (this.isHolding) this.release = done;
    else done();
  }
  arrive(...bytes: number[]): void {
    this.push(Buffer.from(bytes));
  }
}

class FakeOffer implements SessionOffer {
  readonly subprotocol = "";
  readonly seen: string[] = [];
  attach(_carrier: Carrier): void {}
  abandon(): void {}
  message(message: Message): void {
    this.seen.push(typeof message === "string" ? `text ${message}` : `bytes ${[...message]}`);
  }
  drained(): void {
    this.seen.push("drained");
  }
  pong(): void {
    this.seen.push("pong");
  }
  closed(code: number, reason: string): void {
    this.seen.push(`closed ${code} ${reason}`);
  }
}

function setUp(backpressureMaxBytes = 1000) {
  const stream = new FakeStream({ writableHighWaterMark: 10 });
  const session = new FakeOffer();
  const clock = new FakeClock();
  const subscribed: string[] = [];
  let closedCount = 0;
  const carrier = new CodecCarrier({
    kind: "websocket",
    stream,
    session,
    clock,
    codec: createRfc6455Codec(100),
    closeTimeoutMs: 5000,
    backpressureMaxBytes,
    onSubscribe: (topic) => subscribed.push(topic),
    onClosed: () => closedCount++,
  });
  return { stream, session, clock, carrier, subscribed, closedCount: () => closedCount };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a codec carrier", () => {
  test("gives whole messages on, however they are cut, those that came with the handshake too", async () => {
    const { stream, session, carrier } = setUp();
    carrier.receive(Uint8Array.of(0x81, 0x82, 0, 0));
    stream.arrive(0, 0, 0x68);
    stream.arrive(0x69, 0x82, 0x81, 0, 0, 0, 0, 7);
    await turn();
    expect(session.seen).toEqual(["text hi", "bytes 7"]);
  });

  test("answers a ping with its bytes (RFC 6455 §5.5.3) and hears a pong", async () => {
    const { stream, session } = setUp();
    stream.arrive(0x89, 0x81, 0, 0, 0, 0, 9, 0x8a, 0x80, 0, 0, 0, 0);
    await turn();
    expect(stream.written).toEqual([0x8a, 1, 9]);
    expect(session.seen).toEqual(["pong"]);
  });

  test("echoes a Close and ends (RFC 6455 §5.5.1)", async () => {
    const { stream, session, closedCount } = setUp();
    stream.arrive(0x88, 0x82, 0, 0, 0, 0, 0x0f, 0xa1);
    await turn();
    expect(stream.written).toEqual([0x88, 2, 0x0f, 0xa1]);
    expect(session.seen).toEqual(["closed 4001 "]);
    expect([stream.writableEnded, closedCount()]).toEqual([true, 1]);
  });

  test("closes a peer that breaks the protocol, with the code", async () => {
    const { stream, session } = setUp();
    stream.arrive(0x81, 0x01, 0x61);
    await turn();
    expect(stream.written.slice(0, 4)).toEqual([0x88, stream.written.length - 2, 0x03, 0xea]);
    expect(session.seen[0]).toStartWith("closed 1002");
  });

  test("cuts a peer that does not end after our Close, at the deadline and not before", () => {
    const { stream, carrier, clock } = setUp();
    carrier.close(1001, "");
    clock.advance(4999);
    expect(stream.destroyed).toBe(false);
    clock.advance(1);
    expect(stream.destroyed).toBe(true);
  });

  test("tells when there is no room and when there is again", async () => {
    const { stream, session, carrier } = setUp();
    stream.isHolding = true;
    expect(carrier.send("0123456789")).toBe(false);
    expect(carrier.bufferedBytes).toBe(12);
    await turn();
    expect(session.seen).toEqual([]);
    stream.isHolding = false;
    stream.release?.();
    await turn();
    expect(session.seen).toEqual(["drained"]);
  });

  test("cuts a peer beyond the backstop, not at it", () => {
    const { stream, carrier, session } = setUp(24);
    stream.isHolding = true;
    carrier.send("0123456789");
    carrier.send("0123456789");
    expect(stream.destroyed).toBe(false);
    carrier.send("");
    expect(stream.destroyed).toBe(true);
    expect(session.seen).toEqual(["closed 1006 "]);
  });

  test("tells the end once, whatever follows, and sends nothing after it", async () => {
    const { stream, session, carrier, closedCount } = setUp();
    carrier.terminate();
    carrier.close(1000, "");
    stream.arrive(0x81, 0x80, 0, 0, 0, 0);
    await turn();
    expect(carrier.send("x")).toBe(false);
    expect([session.seen, closedCount(), stream.written]).toEqual([["closed 1006 "], 1, []]);
  });

  test("leaves topics to its listener", () => {
    const { carrier, subscribed } = setUp();
    carrier.subscribe("t");
    expect(subscribed).toEqual(["t"]);
  });
});
