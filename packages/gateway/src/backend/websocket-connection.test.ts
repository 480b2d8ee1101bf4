import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { CERTIFICATE, KEY } from "../config/fake-certificates.ts";
import type { Failure } from "../failure.ts";
import { FakeClock } from "../host/fake-clock.ts";
import type { Message } from "../session/session.ts";
import { createRawBackend, type RawConnection, switching, unmask } from "./raw-backend.ts";
import type { BackendWebSocket, WebSocketHandler, WebSocketRequest } from "./websocket.ts";
import { createWebSocketDialer, type WebSocketDialerSettings } from "./websocket-dialer.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** For tests that move a lot of bytes on a machine that does other things too. */
const LONG_MS = 60_000;

const SETTINGS: WebSocketDialerSettings = {
  connectTimeoutMs: 10_000,
  messageMaxBytes: 1000,
  idleTimeoutMs: 60_000,
  pendingConnectsMax: 10,
};

interface End {
  readonly code: number;
  readonly reason: string;
  readonly failure: Failure | undefined;
}

/** A connection, and everything that its handler is told. */
function dial(
  port: number,
  changes: Partial<WebSocketRequest> = {},
  settings: Partial<WebSocketDialerSettings> = {},
) {
  const clock = new FakeClock();
  const dialer = createWebSocketDialer({ ...SETTINGS, ...settings }, clock);
  const messages: Message[] = [];
  const waiting: { readonly count: number; resolve(): void }[] = [];
  const opened = Promise.withResolvers<string>();
  const drained: (() => void)[] = [];
  const closed = Promise.withResolvers<End>();
  let ends = 0;
  let onMessage: (() => void) | undefined;
  const handler: WebSocketHandler = {
    opened: (subprotocol) => opened.resolve(subprotocol),
    message(message) {
      messages.push(typeof message === "string" ? message : message.slice());
      onMessage?.();
      for (const waiter of waiting) if (messages.length >= waiter.count) waiter.resolve();
    },
    drained() {
      for (const resolve of drained.splice(0)) resolve();
    },
    closed(code, reason, failure) {
      ends++;
      closed.resolve({ code, reason, failure });
    },
  };
  const request: WebSocketRequest = {
    target: { scheme: "tcp", hostname: "127.0.0.1", port },
    host: "back.example",
    path: "/",
    origin: undefined,
    subprotocols: [],
    headers: [],
    ...changes,
  };
  const socket: BackendWebSocket = dialer.open(request, handler);
  cleanups.push(() => socket.terminate());
  return {
    socket,
    clock,
    dialer,
    request,
    messages,
    opened: opened.promise,
    closed: closed.promise,
    ends: () => ends,
    received: (count: number) =>
      messages.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => waiting.push({ count, resolve })),
    onMessage: (listener: () => void) => {
      onMessage = listener;
    },
    drained: () => new Promise<void>((resolve) => drained.push(resolve)),
  };
}

async function createWebSocketServer(
  options: object = {},
): Promise<{ port: number; client(): Promise<WebSocket> }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await once(server, "listening");
  cleanups.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const arrivals: WebSocket[] = [];
  const waiting: ((client: WebSocket) => void)[] = [];
  server.on("connection", (client) => {
    const waiter = waiting.shift();
    if (waiter === undefined) arrivals.push(client);
    else waiter(client);
  });
  return {
    port: (server.address() as AddressInfo).port,
    client() {
      const client = arrivals.shift();
      return client === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(client);
    },
  };
}

/** A raw back end with one connection whose handshake is answered well, unless `answer` says otherwise. */
async function dialRaw(
  options: {
    readonly answer?: (head: string) => string;
    readonly request?: Partial<WebSocketRequest>;
    readonly settings?: Partial<WebSocketDialerSettings>;
  } = {},
) {
  const backend = await createRawBackend();
  cleanups.push(() => backend.close());
  const client = dial(backend.port, options.request, options.settings);
  const raw: RawConnection = await backend.connection();
  const answer = (options.answer ?? switching)(raw.head);
  if (answer !== "") raw.socket.write(answer, "latin1");
  return { ...client, raw };
}

async function openRaw(settings: Partial<WebSocketDialerSettings> = {}) {
  const parts = await dialRaw({ settings });
  await parts.opened;
  return parts;
}

/** Lets the event loop turn until `condition` holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("against the server of `ws`", () => {
  test("messages pass both ways, each as the kind it is, of every length form (RFC 6455 §5.2)", async () => {
    const server = await createWebSocketServer({ maxPayload: 200_000 });
    const { socket, opened, messages, received } = dial(server.port, {}, { messageMaxBytes: 200_000 });
    await opened;
    const peer = await server.client();
    peer.on("message", (data: Buffer, isBinary: boolean) => peer.send(data, { binary: isBinary }));
    const sent: Message[] = [
      "",
      "grüße €",
      ...[0, 125, 126, 65_535, 65_536].map((size) => new Uint8Array(size).fill(7)),
    ];
    for (const message of sent) socket.send(message);
    await received(sent.length);
    expect(messages).toEqual(sent);
  });

  test("path, Host, Origin, subprotocols and further headers arrive", async () => {
    const server = await createWebSocketServer({
      handleProtocols: (offers: Set<string>) => [...offers].at(-1),
    });
    const { opened } = dial(server.port, {
      path: "/chat?room=1&x=%20",
      host: "name.example:81",
      origin: "https://page.example",
      subprotocols: ["a", "b"],
      headers: [["X-Key", "k"]],
    });
    expect(await opened).toBe("b");
    expect((await server.client()).protocol).toBe("b");
  });

  test("a Close of either side is told with its code and reason, and the TCP connection ends", async () => {
    const server = await createWebSocketServer();
    const one = dial(server.port);
    await one.opened;
    const peerOfOne = await server.client();
    const peerEnd = once(peerOfOne, "close");
    peerOfOne.close(4001, "so long");
    expect(await one.closed).toEqual({ code: 4001, reason: "so long", failure: undefined });
    expect((await peerEnd)[0]).toBe(4001);

    const other = dial(server.port);
    await other.opened;
    const peer = await server.client();
    other.socket.send("last words");
    other.socket.close(3001, "bye");
    const words = once(peer, "message");
    const end = once(peer, "close");
    expect(String((await words)[0])).toBe("last words");
    expect(await end).toEqual([3001, Buffer.from("bye")]);
    // That server repeats the reason in its answer.
    expect(await other.closed).toEqual({ code: 3001, reason: "bye", failure: undefined });
    await until(() => one.clock.pendingTimers + other.clock.pendingTimers === 0);
  });

  test("a Close without a code is 1005 on both sides (RFC 6455 §7.1.5)", async () => {
    const server = await createWebSocketServer();
    const one = dial(server.port);
    await one.opened;
    (await server.client()).close();
    expect((await one.closed).code).toBe(1005);
    const other = dial(server.port);
    await other.opened;
    const peer = await server.client();
    other.socket.close(1005, "");
    expect((await once(peer, "close"))[0]).toBe(1005);
  });

  test("a cut is `backend.reset`", async () => {
    const server = await createWebSocketServer();
    const { opened, closed } = dial(server.port);
    await opened;
    (await server.client()).terminate();
    expect(await closed).toMatchObject({ code: 1006, failure: { code: "backend.reset" } });
  });

  test("its pings are answered with the same bytes (RFC 6455 §5.5.3)", async () => {
    const server = await createWebSocketServer();
    const { opened } = dial(server.port);
    await opened;
    const peer = await server.client();
    const pong = once(peer, "pong");
    peer.ping("are you there");
    expect(String((await pong)[0])).toBe("are you there");
  });
});

describe("a back end that does not open", () => {
  for (const [what, answer, code] of [
    ["refuses with 502", () => "HTTP/1.1 502 Bad Gateway\r\n\r\n", "backend.refused"],
    [
      "answers with a key of its own",
      (head: string) => switching(head).replace(/Accept: ./, "Accept: _"),
      "backend.protocol",
    ],
    ["never ends its header", () => `HTTP/1.1 101 X\r\nX-Pad: ${"x".repeat(16_384)}`, "backend.protocol"],
  ] as const) {
    test(`because it ${what} fails with ${code}, and is let go`, async () => {
      const { closed, ends, raw, socket, clock } = await dialRaw({ answer });
      expect(await closed).toMatchObject({ code: 1006, reason: "", failure: { code } });
      await raw.ended;
      socket.close(1000, "");
      expect(ends()).toBe(1);
      expect(clock.pendingTimers).toBe(0);
    });
  }

  test("because it closes in the middle fails with backend.reset", async () => {
    const { closed, raw } = await dialRaw({ answer: () => "HTTP/1.1 101 Swi" });
    raw.socket.end();
    expect(await closed).toMatchObject({ failure: { code: "backend.reset" } });
  });

  test("because it never answers fails with backend.timeout, at the limit and not before", async () => {
    const { closed, clock, ends, raw } = await dialRaw({ answer: () => "" });
    clock.advance(9999);
    expect(ends()).toBe(0);
    clock.advance(1);
    expect(await closed).toMatchObject({ failure: { code: "backend.timeout" } });
    await raw.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  test("because nobody listens fails with backend.refused", async () => {
    const backend = await createRawBackend();
    backend.close();
    expect(await dial(backend.port).closed).toMatchObject({
      code: 1006,
      failure: { code: "backend.refused" },
    });
  });

  test("is let go when its owner gives up", async () => {
    const { socket, closed, raw, clock } = await dialRaw({ answer: () => "" });
    socket.close(1000, "");
    expect(await closed).toEqual({ code: 1006, reason: "", failure: undefined });
    await raw.ended;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a back end over TLS", () => {
  async function createTlsServer(): Promise<number> {
    const https = createServer({ cert: CERTIFICATE, key: KEY });
    const server = new WebSocketServer({ server: https });
    server.on("connection", (peer) => peer.send("hello"));
    https.listen(0, "127.0.0.1");
    await once(https, "listening");
    cleanups.push(() => {
      for (const client of server.clients) client.terminate();
      https.close();
    });
    return (https.address() as AddressInfo).port;
  }
  const tls = { scheme: "tls", hostname: "127.0.0.1", verify: true } as const;

  test("is spoken to when its certificate is of a trusted authority and for its name", async () => {
    const port = await createTlsServer();
    const target = { ...tls, port, serverName: "gateway.test", ca: CERTIFICATE };
    const { received, messages } = dial(port, { target });
    await received(1);
    expect(messages).toEqual(["hello"]);
  });

  for (const [what, changes] of [
    ["is of an authority that nobody knows", { serverName: "gateway.test" }],
    ["is for another name", { serverName: "other.test", ca: CERTIFICATE }],
  ] as const) {
    test(`fails with backend.tls when its certificate ${what}`, async () => {
      const port = await createTlsServer();
      const { closed } = dial(port, { target: { ...tls, port, ...changes } });
      expect(await closed).toMatchObject({ code: 1006, failure: { code: "backend.tls" } });
    });
  }
});

describe("a back end that breaks the protocol", () => {
  const faults: [what: string, bytes: string, closeCode: number, failure: string][] = [
    ["masks a frame (RFC 6455 §5.1)", "81 85 00 00 00 00 48 65 6c 6c 6f", 1002, "backend.protocol"],
    ["sets a reserved bit (RFC 6455 §5.2)", "c1 01 61", 1002, "backend.protocol"],
    ["sends garbage", "ff ff ff ff ff ff", 1002, "backend.protocol"],
    ["sends text that is not UTF-8 (RFC 6455 §8.1)", "81 01 ff", 1007, "backend.protocol"],
    ["continues nothing (RFC 6455 §5.4)", "80 01 61", 1002, "backend.protocol"],
    ["sends a close code that may not be sent (RFC 6455 §7.4.1)", "88 02 03 ee", 1002, "backend.protocol"],
    ["announces a message over the limit", "82 7e 03 e9", 1009, "message.too_big"],
    ["announces eight exabytes", "82 7f 7f ff ff ff ff ff ff ff", 1009, "message.too_big"],
  ];
  for (const [what, bytes, closeCode, failure] of faults) {
    test(`because it ${what} is told ${closeCode}, and its owner ${failure}`, async () => {
      const { raw, closed, ends, clock } = await openRaw();
      raw.socket.write(hex(bytes));
      expect(await closed).toMatchObject({ code: 1006, failure: { code: failure } });
      const { first, payload } = unmask(await raw.read(8));
      expect(first).toBe(0x88);
      expect(payload.readUInt16BE(0)).toBe(closeCode);
      // What still comes is nobody's.
      raw.socket.write(hex("81 01 61"));
      await raw.ended;
      raw.socket.end();
      expect(ends()).toBe(1);
      clock.advance(5000);
      expect(clock.pendingTimers).toBe(0);
    });
  }

  test("takes a message of the limit exactly", async () => {
    const { raw, messages, received } = await openRaw();
    raw.socket.write(Buffer.concat([hex("82 7e 03 e8"), Buffer.alloc(1000, 1)]));
    await received(1);
    expect(messages).toEqual([new Uint8Array(1000).fill(1)]);
  });

  test("because it ends without a Close frame is `backend.reset`", async () => {
    const { raw, closed } = await openRaw();
    raw.socket.end();
    const { code, failure } = await closed;
    expect(code).toBe(1006);
    expect(failure?.code).toBe("backend.reset");
    expect(failure?.detail).toContain("without a Close frame");
  });

  test("because it resets is `backend.reset`", async () => {
    const { raw, closed } = await openRaw();
    raw.socket.resetAndDestroy();
    expect((await closed).failure?.code).toBe("backend.reset");
  });
});

describe("what a back end says right after its answer", () => {
  test("is delivered after `opened`, also when both come in one piece", async () => {
    const { messages, received, opened } = await dialRaw({
      answer: (head) => `${switching(head)}\x81\x02hi`,
    });
    expect(await opened).toBe("");
    await received(1);
    expect(messages).toEqual(["hi"]);
  });

  test("is whole when every byte comes alone", async () => {
    const { raw, messages, received } = await dialRaw({ answer: () => "" });
    raw.socket.setNoDelay(true);
    for (const byte of Buffer.from(`${switching(raw.head)}\x81\x02hi\x01\x01a\x80\x01b`, "latin1")) {
      await new Promise<void>((resolve) => raw.socket.write(Uint8Array.of(byte), () => resolve()));
    }
    await received(2);
    expect(messages).toEqual(["hi", "ab"]);
  });
});

describe("pausing", () => {
  test("holds what was read already, in order, and what comes after it", async () => {
    const { socket, raw, messages, received, onMessage } = await openRaw();
    onMessage(() => {
      if (messages.length === 1) socket.pause();
    });
    raw.socket.write(hex("81 01 61 81 01 62 81 01 63"));
    await received(1);
    raw.socket.write(hex("81 01 64"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(messages).toEqual(["a"]);
    socket.resume();
    await received(4);
    expect(messages).toEqual(["a", "b", "c", "d"]);
  });

  test("within `resume` holds again", async () => {
    const { socket, raw, messages, received, onMessage } = await openRaw();
    onMessage(() => socket.pause());
    raw.socket.write(hex("81 01 61 81 01 62 81 01 63"));
    await received(1);
    for (const expected of [["a"], ["a", "b"], ["a", "b", "c"]]) {
      expect(messages).toEqual(expected);
      socket.resume();
    }
  });

  test(
    "stops the back end by TCP, after a bounded number of bytes",
    async () => {
      const { socket, raw } = await openRaw({ messageMaxBytes: 65_536 });
      socket.pause();
      const frame = Buffer.concat([hex("82 7f 00 00 00 00 00 01 00 00"), Buffer.alloc(65_536)]);
      let written = 0;
      while (raw.socket.write(frame) && written < 100_000_000) written += frame.length;
      // Full: neither side's kernel takes more, and nobody drains it.
      const drained = once(raw.socket, "drain");
      socket.resume();
      await drained;
      expect(written).toBeLessThan(100_000_000);
    },
    LONG_MS,
  );

  test("does not lose what was read before the back end's end, nor the end", async () => {
    const { socket, raw, messages, received, closed, onMessage } = await openRaw();
    onMessage(() => {
      if (messages.length === 1) socket.pause();
    });
    raw.socket.end(hex("81 01 61 81 01 62 88 05 0f a1 62 79 65"));
    await received(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(messages).toEqual(["a"]);
    socket.resume();
    expect(await closed).toEqual({ code: 4001, reason: "bye", failure: undefined });
    expect(messages).toEqual(["a", "b"]);
  });

  test("counts as no silence", async () => {
    const { socket, clock, ends } = await openRaw();
    socket.pause();
    clock.advance(600_000);
    expect(ends()).toBe(0);
  });
});

describe("sending", () => {
  test("masks every frame with a key of its own (RFC 6455 §5.3)", async () => {
    const { socket, raw } = await openRaw();
    socket.send("same");
    socket.send("same");
    const [first, second] = [await raw.read(10), await raw.read(10)];
    expect(unmask(first)).toEqual({ first: 0x81, payload: Buffer.from("same") });
    expect(unmask(second)).toEqual({ first: 0x81, payload: Buffer.from("same") });
    expect(first.subarray(2, 6)).not.toEqual(second.subarray(2, 6));
  });

  test(
    "to a back end that reads nothing counts what waits, and tells when it is less",
    async () => {
      const { socket, raw, drained } = await openRaw();
      raw.socket.pause();
      const message = new Uint8Array(1_000_000);
      for (let i = 0; i < 20; i++) {
        socket.send(message);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const waiting = socket.bufferedBytes;
      expect(waiting).toBeGreaterThan(1_000_000);
      const less = drained();
      raw.socket.resume();
      await less;
      expect(socket.bufferedBytes).toBeLessThan(waiting);
    },
    LONG_MS,
  );

  test("before the opening and after the end does nothing", async () => {
    const { socket, raw, opened, closed } = await dialRaw({ answer: () => "" });
    socket.send("early");
    expect(socket.bufferedBytes).toBe(0);
    raw.socket.write(switching(raw.head));
    await opened;
    raw.socket.end(hex("88 00"));
    await closed;
    socket.send("late");
    expect(unmask(await raw.read(6))).toEqual({ first: 0x88, payload: Buffer.alloc(0) });
    await raw.ended;
  });

  test(
    "pongs stops when the back end pings and reads nothing",
    async () => {
      const { socket, raw } = await openRaw();
      raw.socket.pause();
      const pings = Buffer.alloc(127 * 1000);
      for (let at = 0; at < pings.length; at += 127) pings.set([0x89, 125], at);
      let most = 0;
      for (let i = 0; i < 100; i++) {
        await new Promise<void>((resolve) => raw.socket.write(pings, () => resolve()));
        most = Math.max(most, socket.bufferedBytes);
      }
      expect(most).toBeLessThanOrEqual(16_384 + 131);
    },
    LONG_MS,
  );
});

describe("silence", () => {
  test("is met by a ping at half of the limit and ended at the limit with backend.timeout", async () => {
    const { raw, clock, closed, ends } = await openRaw({ idleTimeoutMs: 1000 });
    clock.advance(500);
    expect(unmask(await raw.read(6)).first).toBe(0x89);
    clock.advance(499);
    expect(ends()).toBe(0);
    clock.advance(1);
    expect(await closed).toMatchObject({ code: 1006, failure: { code: "backend.timeout" } });
    await raw.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  test("is broken by a pong", async () => {
    const { raw, clock, ends, messages, received } = await openRaw({ idleTimeoutMs: 1000 });
    clock.advance(500);
    raw.socket.write(hex("8a 00 81 01 61"));
    await received(1);
    clock.advance(999);
    expect(ends()).toBe(0);
    expect(messages).toEqual(["a"]);
  });
});

describe("closing", () => {
  test("waits for the back end's Close, but not beyond its limit", async () => {
    const { socket, raw, clock, closed, ends } = await openRaw();
    socket.close(1000, "done");
    socket.close(1001, "again");
    socket.send("too late");
    expect(unmask(await raw.read(12))).toEqual({
      first: 0x88,
      payload: Buffer.from("\x03\xe8done", "latin1"),
    });
    clock.advance(4999);
    expect(ends()).toBe(0);
    clock.advance(1);
    expect(await closed).toEqual({ code: 1006, reason: "", failure: undefined });
    await raw.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  test("delivers no message that comes after it", async () => {
    const { socket, raw, messages, closed } = await openRaw();
    socket.close(1000, "");
    await raw.read(8);
    raw.socket.write(hex("81 01 61 88 02 03 e8"));
    expect((await closed).code).toBe(1000);
    expect(messages).toEqual([]);
  });

  test("while paused still hears the back end's Close", async () => {
    const { socket, raw, closed } = await openRaw();
    socket.pause();
    socket.close(1000, "");
    await raw.read(8);
    raw.socket.write(hex("88 02 03 e8"));
    expect((await closed).code).toBe(1000);
  });

  test("answers a Close with its code, then ends, and cuts a back end that stays", async () => {
    const { raw, clock, closed } = await openRaw();
    raw.socket.write(hex("88 04 0f a1 68 69"));
    expect(await closed).toEqual({ code: 4001, reason: "hi", failure: undefined });
    expect(unmask(await raw.read(8))).toEqual({ first: 0x88, payload: hex("0f a1") });
    await raw.ended;
    expect(clock.pendingTimers).toBe(1);
    clock.advance(5000);
    expect(clock.pendingTimers).toBe(0);
  });

  test("by a cut is 1006 and immediate", async () => {
    const { socket, raw, ends, clock } = await openRaw();
    socket.terminate();
    expect(ends()).toBe(1);
    await raw.ended;
    expect(clock.pendingTimers).toBe(0);
  });
});
