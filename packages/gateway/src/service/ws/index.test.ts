import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { createRawBackend, switching, unmask } from "../../backend/raw-backend.ts";
import type { CommonSettings } from "../../config/common.ts";
import {
  createFakeContext,
  createFakeHandshake,
  type FakeHandshakeFields,
  FakeSession,
} from "../fake-session.ts";
import type { Acceptance } from "../service.ts";
import { ws } from "./index.ts";
import { wsOptions } from "./options.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function createService(connect: string, options: object = {}, common: Partial<CommonSettings> = {}) {
  const context = createFakeContext(common);
  const service = ws.create(wsOptions.parse({ connect, ...options }), context);
  return {
    context,
    service,
    accept: async (fields: FakeHandshakeFields = {}) =>
      (await service.accept?.(createFakeHandshake(fields))) as Acceptance,
  };
}

async function createServer(options: object = {}) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await once(server, "listening");
  cleanups.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A client that is tied to a fresh connection of `server`. */
async function connectClient(
  { server, url }: Awaited<ReturnType<typeof createServer>>,
  setup: { readonly options?: object; readonly common?: Partial<CommonSettings> } = {},
) {
  const { accept, context } = createService(url, setup.options, setup.common);
  const connected = once(server, "connection");
  const acceptance = await accept();
  const [peer] = (await connected) as [WebSocket];
  const session = new FakeSession();
  session.open(acceptance);
  cleanups.push(() => session.leave(1000));
  return { session, peer, context };
}

/** Lets the event loop turn until `condition` holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("ws", () => {
  test("tells the back end what it is to know, and the client what the back end chose", async () => {
    const backend = await createServer({ handleProtocols: () => "v2" });
    const { accept } = createService(
      `${backend.url}/chat?k=v`,
      { forward: ["cookie"], headers: { "X-Key": "secret" } },
      { subprotocols: ["v1", "v2"] },
    );
    const connected = once(backend.server, "connection");
    const acceptance = await accept({
      query: "room=1",
      origin: "https://page.example",
      subprotocols: ["v0", "v1", "v2"],
      headers: { cookie: "a=1", authorization: "not passed" },
    });
    expect(acceptance).toMatchObject({ subprotocol: "v2" });
    const [peer, request] = await connected;
    expect(request.url).toBe("/chat?k=v&room=1");
    expect(request.headers).toMatchObject({
      host: backend.url.slice("ws://".length),
      origin: "https://page.example",
      "sec-websocket-protocol": "v1, v2",
      cookie: "a=1",
      "x-key": "secret",
      "x-forwarded-for": "192.0.2.7",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "gateway.example",
      forwarded: 'for=192.0.2.7;proto=http;host="gateway.example"',
    });
    expect(request.headers.authorization).toBeUndefined();
    peer.terminate();
  });

  test("refuses a client that offers only what is not served, before it connects anywhere", async () => {
    const { accept, context } = createService("ws://127.0.0.1:9", {}, { subprotocols: ["v1"] });
    expect(await accept({ subprotocols: ["v9"] })).toMatchObject({
      refusal: { code: "subprotocol.unsupported" },
    });
    expect(context.metrics.backendConnects).toBe(0);
  });

  test("refuses its own request when that comes back to it, and no other service's", async () => {
    const backend = await createServer();
    const { accept } = createService(backend.url);
    const connected = once(backend.server, "connection");
    await accept();
    const [peer, request] = await connected;
    const looped = { headers: { via: request.headers.via } };
    expect(await accept(looped)).toMatchObject({ refusal: { code: "backend.loop" } });
    expect(await createService(backend.url).accept(looped)).toHaveProperty("subprotocol");
    peer.terminate();
  });

  test("accepts a client whose back end refuses, with its first offer, and closes it with 1014", async () => {
    const raw = await createRawBackend();
    cleanups.push(() => raw.close());
    const { accept, context } = createService(`ws://127.0.0.1:${raw.port}`);
    const accepting = accept({ subprotocols: ["v1", "v2"] });
    (await raw.connection()).socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    const acceptance = await accepting;
    expect(acceptance).toMatchObject({ subprotocol: "v1" });
    const session = new FakeSession();
    session.open(acceptance);
    expect(session.closedWith?.code).toBe(1014);
    expect(session.failure?.code).toBe("backend.refused");
    expect(context.metrics.backendFailures.get("backend.refused")).toBe(1);
  });

  test("closes a client with 1014 whose back end never answers, at the limit", async () => {
    const raw = await createRawBackend();
    cleanups.push(() => raw.close());
    const { accept, context } = createService(`ws://127.0.0.1:${raw.port}`, { connectTimeout: "3s" });
    const accepting = accept();
    await raw.connection();
    context.clock.advance(3000);
    const session = new FakeSession();
    session.open(await accepting);
    expect(session.failure?.code).toBe("backend.timeout");
    expect(session.closedWith?.code).toBe(1014);
  });

  test("closes both sides with 1009 when a message of the back end is over the limit", async () => {
    const backend = await createServer();
    const { session, peer } = await connectClient(backend, { options: { backendMessageMaxSize: "1000 B" } });
    const ended = once(peer, "close");
    peer.send("x".repeat(1000));
    peer.send("x".repeat(1001));
    await until(() => !session.isOpen);
    expect(session.sent).toEqual(["x".repeat(1000)]);
    expect(session.closedWith?.code).toBe(1009);
    expect((await ended)[0]).toBe(1009);
  });

  test("passes codes and reasons both ways", async () => {
    const backend = await createServer();
    const one = await connectClient(backend);
    one.peer.close(4321, "from behind");
    await until(() => !one.session.isOpen);
    expect(one.session.closedWith).toEqual({ code: 4321, reason: "from behind" });
    const other = await connectClient(backend);
    const ended = once(other.peer, "close");
    other.session.leave(4322, "from the front");
    expect(await ended).toEqual([4322, Buffer.from("from the front")]);
    await until(() => one.context.clock.pendingTimers + other.context.clock.pendingTimers === 0);
    expect(other.context.metrics.backendsOpen).toBe(0);
  });

  test("tells a back end 1001 when its client broke off, after all that the client had sent", async () => {
    const raw = await createRawBackend();
    cleanups.push(() => raw.close());
    const { accept } = createService(`ws://127.0.0.1:${raw.port}`);
    const accepting = accept();
    const connection = await raw.connection();
    connection.socket.write(switching(connection.head));
    const session = new FakeSession();
    session.open(await accepting);
    session.handler?.message("last");
    session.leave(1006);
    expect(unmask(await connection.read(10)).payload.toString()).toBe("last");
    expect(unmask(await connection.read(8))).toEqual({ first: 0x88, payload: Buffer.from([0x03, 0xe9]) });
  });

  test("closes a client with 1014 when its back end breaks off", async () => {
    const backend = await createServer();
    const { session, peer, context } = await connectClient(backend);
    peer.terminate();
    await until(() => !session.isOpen);
    expect(session.closedWith?.code).toBe(1014);
    expect(context.metrics.backendsOpen).toBe(0);
  });
});

/** For tests that move a lot of bytes on a machine that does other things too. */
const LONG_MS = 60_000;
const TOTAL_BYTES = 100_000_000;
const MESSAGE_BYTES = 50_000;
const PENDING_BYTES = 262_144;

describe("back-pressure", () => {
  test(
    "holds a fast back end to the pace of its client: 100 MB, and never more than the limit and a read waits",
    async () => {
      const backend = await createServer();
      const { session, peer } = await connectClient(backend, { common: { pendingMaxSize: PENDING_BYTES } });
      session.keepsMessages = false;
      session.hasRoom = false;
      let most = 0;
      session.onSend = (message) => {
        session.bufferedBytes += message.length;
        most = Math.max(most, session.bufferedBytes);
      };
      const message = Buffer.alloc(MESSAGE_BYTES);
      const pump = () => {
        while (sent < TOTAL_BYTES && peer.bufferedAmount < 1_000_000) {
          peer.send(message);
          sent += MESSAGE_BYTES;
        }
      };
      let sent = 0;
      while (session.sentBytes < TOTAL_BYTES) {
        pump();
        await new Promise((resolve) => setImmediate(resolve));
        if (session.bufferedBytes < PENDING_BYTES) continue;
        // The client reads everything, long after.
        session.bufferedBytes = 0;
        session.handler?.drained();
      }
      expect(session.sentBytes).toBe(TOTAL_BYTES);
      expect(most).toBeGreaterThanOrEqual(PENDING_BYTES);
      expect(most).toBeLessThan(PENDING_BYTES + MESSAGE_BYTES);
    },
    LONG_MS,
  );

  test(
    "holds a fast client to the pace of its back end: 100 MB, and the client stops once kernels and limit are full",
    async () => {
      const backend = await createServer({ maxPayload: MESSAGE_BYTES });
      const { session, peer } = await connectClient(backend, { common: { pendingMaxSize: PENDING_BYTES } });
      let received = 0;
      peer.on("message", (data: Buffer) => {
        received += data.length;
      });
      const message = new Uint8Array(MESSAGE_BYTES);
      let sent = 0;
      let pauses = 0;
      let mostAhead = 0;
      peer.pause();
      while (sent < TOTAL_BYTES) {
        if (!session.isPaused) {
          session.handler?.message(message);
          sent += MESSAGE_BYTES;
          if (session.isPaused) {
            pauses++;
            mostAhead = Math.max(mostAhead, sent - received);
            peer.resume();
          }
        }
        await new Promise((resolve) => setImmediate(resolve));
        if (!session.isPaused && pauses < 3) peer.pause();
      }
      await until(() => received === TOTAL_BYTES);
      expect(pauses).toBeGreaterThanOrEqual(3);
      // What a stopped back end's and our own kernel buffers take on loopback, and the limit; not the 100 MB.
      expect(mostAhead).toBeLessThan(20_000_000);
    },
    LONG_MS,
  );
});
