import { afterEach, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { FakeClock } from "../host/fake-clock.ts";
import type { Carrier, SessionOffer } from "../session/carrier.ts";
import type { Handshake } from "../session/handshake.ts";
import type { Message } from "../session/session.ts";
import { createDraftListener } from "./draft-listener.ts";
import type { Gate } from "./gate.ts";
import type { Listener } from "./listener.ts";

class EchoOffer implements SessionOffer {
  readonly subprotocol: string;
  carrier: Carrier | undefined;
  isAbandoned = false;
  readonly end = Promise.withResolvers<number>();

  constructor(subprotocol: string) {
    this.subprotocol = subprotocol;
  }
  attach(carrier: Carrier): void {
    this.carrier = carrier;
    carrier.subscribe("t");
  }
  abandon(): void {
    this.isAbandoned = true;
  }
  message(message: Message): void {
    this.carrier?.send(message, false);
  }
  drained(): void {}
  pong(): void {}
  closed(code: number): void {
    this.end.resolve(code);
  }
}

const listeners: Listener[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const listener of listeners.splice(0)) listener.destroy();
});

function setUp() {
  const state = {
    handshakes: [] as Handshake[],
    refused: [] as string[],
    bugs: [] as unknown[],
    offers: [] as EchoOffer[],
  };
  const clock = new FakeClock();
  const gate: Gate = {
    admit(handshake) {
      state.handshakes.push(handshake);
      if (handshake.carrier === "http") {
        return {
          kind: "response",
          respond: async (request) => new Response(`${request.method} ${await request.text()}`),
        };
      }
      if (handshake.path === "/refused")
        return { kind: "refused", refusal: { code: "origin.refused", detail: "x" } };
      const session = new EchoOffer(handshake.subprotocols[0] ?? "");
      state.offers.push(session);
      return { kind: "session", session };
    },
    refuse: (refusal) => void state.refused.push(refusal.detail),
    observeHandshake() {},
    reportBug: (bug) => void state.bugs.push(bug),
    nextConnectionId: () => "c",
  };
  const listener = createDraftListener({
    settings: {
      secure: false,
      hostname: "127.0.0.1",
      port: 0,
      certificates: [],
      drafts: true,
      compression: false,
    },
    gate,
    clock,
    closeTimeoutMs: 5000,
    headerMaxBytes: 16_384,
    trustProxy: () => false,
    limits: () => ({
      messageMaxBytes: 1000,
      backpressureMaxBytes: 1 << 20,
      requestBodyMaxBytes: 1000,
      handshakeTimeoutMs: 10_000,
    }),
    nowMs: () => performance.now(),
  });
  listeners.push(listener);
  return { listener, state, clock, port: Number(new URL(listener.url).port) };
}

interface Talk {
  readonly socket: Socket;
  /** Resolves with all bytes so far once there are as many. */
  bytes(count: number): Promise<Buffer>;
  readonly closed: Promise<Buffer>;
}

function talk(port: number, ...parts: (string | Uint8Array)[]): Talk {
  let received: Buffer = Buffer.alloc(0);
  const waiting: { count: number; resolve: (bytes: Buffer) => void }[] = [];
  const closed = Promise.withResolvers<Buffer>();
  const socket = connect(port, "127.0.0.1", () => {
    for (const part of parts) socket.write(typeof part === "string" ? Buffer.from(part) : part);
  });
  sockets.push(socket);
  const look = (): void => {
    for (const { count, resolve } of waiting) if (received.length >= count) resolve(received);
  };
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, Buffer.from(chunk)]);
    look();
  });
  socket.on("error", () => {});
  socket.on("close", () => closed.resolve(received));
  return {
    socket,
    closed: closed.promise,
    bytes: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
        look();
      }),
  };
}

const hixie75 = (path = "/demo", more = "") =>
  `GET ${path} HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: localhost:8000\r\n` +
  `Origin: http://localhost:8000\r\n${more}\r\n`;
const HIXIE_75_HEAD =
  "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
  "WebSocket-Origin: http://localhost:8000\r\nWebSocket-Location: ws://localhost:8000/demo\r\n\r\n";

// The example of draft -76, recomputed: 829309203, 259970620 and `^n:ds[4U` are answered by `8jKS'y:G*Co,Wxa-`.
const hixie76 = (key1 = "4 @1  46546xW%0l 1 5") =>
  "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n" +
  `Sec-WebSocket-Protocol: sample\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: ${key1}\r\nOrigin: http://example.com\r\n\r\n`;
const HIXIE_76_ANSWER =
  "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Origin: http://example.com\r\nSec-WebSocket-Location: ws://example.com/demo\r\n" +
  "Sec-WebSocket-Protocol: sample\r\n\r\n8jKS'y:G*Co,Wxa-";

describe("hixie-75", () => {
  test("is opened in the draft's exact words and carries text and binary frames", async () => {
    const { port, state } = setUp();
    const talking = talk(port, hixie75(), Uint8Array.of(0, 0x68, 0x69, 0xff, 0x80, 2, 1, 2));
    const bytes = await talking.bytes(HIXIE_75_HEAD.length + 8);
    expect(bytes.subarray(0, HIXIE_75_HEAD.length).toString()).toBe(HIXIE_75_HEAD);
    expect([...bytes.subarray(HIXIE_75_HEAD.length)]).toEqual([0, 0x68, 0x69, 0xff, 0x80, 2, 1, 2]);
    expect(state.handshakes[0]).toMatchObject({
      carrier: "hixie-75",
      path: "/demo",
      origin: "http://localhost:8000",
    });
  });

  test("offers its subprotocol in WebSocket-Protocol", async () => {
    const { port, state } = setUp();
    const answer = (
      await talk(port, hixie75("/demo", "WebSocket-Protocol: sample\r\n")).bytes(200)
    ).toString();
    expect(answer).toContain("\r\nWebSocket-Protocol: sample\r\n");
    expect(state.handshakes[0]?.subprotocols).toEqual(["sample"]);
  });

  test("ends by the end of the connection", async () => {
    const { port, state } = setUp();
    const talking = talk(port, hixie75());
    await talking.bytes(HIXIE_75_HEAD.length);
    talking.socket.end();
    expect(await state.offers[0]?.end.promise).toBe(1006);
    await talking.closed;
  });
});

describe("hixie-76", () => {
  test("answers the challenge of the draft, whether its eight bytes come at once or one by one", async () => {
    const { port } = setUp();
    const whole = talk(port, `${hixie76()}^n:ds[4U`);
    expect((await whole.bytes(HIXIE_76_ANSWER.length)).toString()).toBe(HIXIE_76_ANSWER);
    const slow = talk(port, hixie76());
    // The head comes before the eight bytes, for proxies that hold them back until they have seen one.
    await slow.bytes(HIXIE_76_ANSWER.length - 16);
    for (const byte of "^n:ds[4U") slow.socket.write(byte);
    expect((await slow.bytes(HIXIE_76_ANSWER.length)).toString()).toBe(HIXIE_76_ANSWER);
  });

  test("takes frames that came with the eight bytes, and closes by FF 00 both ways", async () => {
    const { port, state } = setUp();
    const talking = talk(port, `${hixie76()}^n:ds[4U`, Uint8Array.of(0, 0x61, 0xff, 0xff, 0));
    const bytes = await talking.closed;
    expect([...bytes.subarray(HIXIE_76_ANSWER.length)]).toEqual([0, 0x61, 0xff, 0xff, 0]);
    expect(await state.offers[0]?.end.promise).toBe(1005);
  });

  test.each([
    ["without a space in a key", "4146546015"],
    ["with a remainder", "4 @1  46546xW%0l 1 6"],
    ["with a number beyond 32 bits", "9 99999999999999"],
  ])("is refused %s, in one line", async (_name, key1) => {
    const { port, state } = setUp();
    const answer = (await talk(port, `${hixie76(key1)}^n:ds[4U`).closed).toString();
    expect(answer).toStartWith("HTTP/1.1 400 ");
    expect(state.refused).toEqual(["hixie-76: malformed or missing key1"]);
  });

  test("waits for the eight bytes as long as for a header, and not longer", async () => {
    const { port, state, clock } = setUp();
    const talking = talk(port, hixie76());
    await talking.bytes(HIXIE_76_ANSWER.length - 16);
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(9999);
    expect(state.offers[0]?.isAbandoned).toBe(false);
    clock.advance(1);
    await talking.closed;
    expect(state.offers[0]?.isAbandoned).toBe(true);
  });

  test("gives its place back when the client leaves before the eight bytes", async () => {
    const { port, state } = setUp();
    const talking = talk(port, hixie76());
    await talking.bytes(HIXIE_76_ANSWER.length - 16);
    talking.socket.destroy();
    while (state.offers[0]?.isAbandoned !== true) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe("the same listener", () => {
  test("speaks RFC 6455, to whoever asks for version 13", async () => {
    const { port, state } = setUp();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/x`, ["a"]);
    const answer = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    socket.send("hä");
    expect([await answer, socket.protocol]).toEqual(["hä", "a"]);
    socket.close(4001, "bye");
    expect(await state.offers[0]?.end.promise).toBe(4001);
  });

  test("serves pages and takes their bodies", async () => {
    const { port } = setUp();
    const got = await fetch(`http://127.0.0.1:${port}/page`);
    expect(await got.text()).toBe("GET ");
    const posted = await fetch(`http://127.0.0.1:${port}/page`, { method: "POST", body: "body" });
    expect(await posted.text()).toBe("POST body");
  });

  test("tells a refused client why, in HTTP", async () => {
    const { port } = setUp();
    const answer = (await talk(port, hixie75("/refused")).closed).toString();
    expect(answer).toStartWith("HTTP/1.1 403 ");
    expect(answer).toEndWith("\r\n\r\nThis origin is not admitted.\n");
  });

  test.each([
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
    ["an upgrade with a malformed Host", hixie75().replace("localhost:8000", "a b")],
    [
      "a header of 20 KB",
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
    ],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"],
  ])("refuses %s and goes on", async (_name, text) => {
    const { port, state } = setUp();
    const talking = talk(port, text);
    const answer = await Promise.race([talking.closed, talking.bytes(12)]);
    expect(answer.toString()).not.toContain(" 200 ");
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    expect(state.bugs).toEqual([]);
  });

  test("publishes to subscribers of every protocol", async () => {
    const { port, listener } = setUp();
    const old = talk(port, hixie75());
    await old.bytes(HIXIE_75_HEAD.length);
    const modern = new WebSocket(`ws://127.0.0.1:${port}/x`);
    await new Promise((resolve) => {
      modern.onopen = resolve;
    });
    const news = new Promise((resolve) => {
      modern.onmessage = ({ data }) => resolve(data);
    });
    listener.publish("t", "news", false);
    expect(await news).toBe("news");
    const bytes = await old.bytes(HIXIE_75_HEAD.length + 6);
    expect(bytes.subarray(HIXIE_75_HEAD.length)).toEqual(Buffer.from("\x00news\xff", "latin1"));
  });

  test("keeps its sessions and its port when it closes and opens again", async () => {
    const { port, listener } = setUp();
    const old = talk(port, hixie75());
    await old.bytes(HIXIE_75_HEAD.length);
    listener.pause();
    expect(listener.state).toBe("paused");
    listener.resume();
    expect(Number(new URL(listener.url).port)).toBe(port);
    old.socket.write(Uint8Array.of(0, 0x61, 0xff));
    await old.bytes(HIXIE_75_HEAD.length + 3);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  test("says at once that its port is taken", () => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { listener } = setUp();
    listener.close();
    let error: unknown;
    try {
      createDraftListener({
        settings: {
          secure: false,
          hostname: "127.0.0.1",
          port: taken.port,
          certificates: [],
          drafts: true,
          compression: false,
        },
        gate: {} as Gate, // Nobody gets as far as the gate.
        clock: new FakeClock(),
        closeTimeoutMs: 1,
        headerMaxBytes: 1,
        trustProxy: () => false,
        limits: () => ({
          messageMaxBytes: 1,
          backpressureMaxBytes: 1,
          requestBodyMaxBytes: 1,
          handshakeTimeoutMs: 1,
        }),
        nowMs: () => 0,
      });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "EADDRINUSE" });
    taken.stop(true);
  });
});
