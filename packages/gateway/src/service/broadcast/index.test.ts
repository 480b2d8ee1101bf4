import { afterEach, describe, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { CommonSettings } from "../../config/common.ts";
import type { Message } from "../../session/session.ts";
import { createFakeContext, createFakeHandshake, FakeSession } from "../fake-session.ts";
import type { Acceptance } from "../service.ts";
import { broadcast } from "./index.ts";
import { broadcastOptions } from "./options.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Setup {
  readonly options?: object;
  readonly common?: Partial<CommonSettings>;
}

function createBroadcast({ options = {}, common = {} }: Setup = {}) {
  const context = createFakeContext(common);
  const service = broadcast.create(broadcastOptions.parse(options), context);
  cleanups.push(() => service.stop());
  function join(): FakeSession {
    const session = new FakeSession();
    context.topics.sessions.add(session);
    session.open(service.accept?.(createFakeHandshake()) as Acceptance);
    return session;
  }
  /** Resolves with the next `count` messages that are published. */
  function published(count: number): Promise<Message[]> {
    const messages: Message[] = [];
    return new Promise((resolve) => {
      context.topics.onPublish = (message) => {
        messages.push(message);
        if (messages.length === count) resolve(messages);
      };
    });
  }
  /** Resolves when the log says `event`. */
  function logged(event: string): Promise<void> {
    return new Promise((resolve) => {
      context.log.onLine = (line) => {
        if (line.event === event) resolve();
      };
    });
  }
  return { ...context, service, join, published, logged };
}

/** A feed that tests write into; `port` to listen on the port of one that was closed. */
async function createFeedServer(port = 0) {
  const sockets: Socket[] = [];
  const waiting: ((socket: Socket) => void)[] = [];
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    const waiter = waiting.shift();
    if (waiter === undefined) sockets.push(socket);
    else waiter(socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  return {
    server,
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connection(): Promise<Socket> {
      const socket = sockets.shift();
      return socket === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(socket);
    },
  };
}

describe("broadcast of clients", () => {
  test("sends a message to all, its sender too, encoded once", () => {
    const { topics, join } = createBroadcast();
    const clients = [join(), join(), join()];
    clients[0]?.handler?.message("hello");
    expect(topics.published).toHaveLength(1);
    expect(clients.map((client) => client.sent)).toEqual([["hello"], ["hello"], ["hello"]]);
  });

  test("keeps the kind of a message, or makes it the one that is promised", () => {
    const bytes = Uint8Array.of(0x61, 0x62);
    for (const [kind, text, binary] of [
      ["auto", "ab", bytes],
      ["text", "ab", "ab"],
      ["binary", bytes, bytes],
    ] as const) {
      const client = createBroadcast({ options: { kind } }).join();
      client.handler?.message("ab");
      client.handler?.message(bytes);
      expect(client.sent).toEqual([text, binary]);
    }
  });

  test("does not reach the clients of an instance of the same path before it", () => {
    const before = createBroadcast();
    const old = before.join();
    const after = createBroadcast();
    after.topics.sessions.add(old);
    const newcomers = [0.25, 0.75].map((random) => {
      after.clock.randomValue = random;
      const instance = broadcast.create(broadcastOptions.parse({}), after);
      const session = new FakeSession();
      after.topics.sessions.add(session);
      session.open(instance.accept?.(createFakeHandshake()) as Acceptance);
      return session;
    });
    newcomers[0]?.handler?.message("new");
    expect(newcomers.map(({ sent }) => sent)).toEqual([["new"], []]);
    expect(old.sent).toEqual([]);
  });

  test("agrees to a served subprotocol and refuses a client that offers others only", () => {
    const { service } = createBroadcast({ common: { subprotocols: ["v2"] } });
    expect(service.accept?.(createFakeHandshake({ subprotocols: ["v1", "v2"] }))).toMatchObject({
      subprotocol: "v2",
    });
    expect(service.accept?.(createFakeHandshake({ subprotocols: ["v1"] }))).toMatchObject({
      refusal: { code: "subprotocol.unsupported" },
    });
  });

  test("ends a client that has stopped reading with 1013 and disturbs no other", () => {
    const { topics, join } = createBroadcast({ common: { slowMaxSize: 1000 } });
    const sender = join();
    const stopped = join();
    topics.stopped.add(stopped);
    let most = 0;
    for (let i = 0; i < 100; i++) {
      sender.handler?.message("x".repeat(100));
      most = Math.max(most, stopped.bufferedBytes);
    }
    expect(stopped.failure?.code).toBe("session.slow");
    expect(stopped.closedWith?.code).toBe(1013);
    expect(most).toBeGreaterThanOrEqual(1000);
    expect(most).toBeLessThanOrEqual(1250);
    expect(sender.sent).toHaveLength(100);
  });
});

describe("broadcast of a source with clients that talk", () => {
  const source = "udp://127.0.0.1:9";

  test("ignores them by default", () => {
    const { topics, join } = createBroadcast({ options: { source } });
    const client = join();
    client.handler?.message("hello");
    expect(topics.published).toEqual([]);
    expect(client.isOpen).toBe(true);
  });

  test("refuses them with 1003 if asked to", () => {
    const { topics, join } = createBroadcast({ options: { source, clients: "refuse" } });
    const client = join();
    client.handler?.message("hello");
    expect(topics.published).toEqual([]);
    expect(client.closedWith?.code).toBe(1003);
  });

  test("publishes what they say if asked to", () => {
    const { join } = createBroadcast({ options: { source, clients: "publish" } });
    const client = join();
    client.handler?.message("hello");
    expect(client.sent).toEqual(["hello"]);
  });
});

describe("broadcast of a tcp source", () => {
  test("sends what comes as binary messages", async () => {
    const feed = await createFeedServer();
    const { service, join, published } = createBroadcast({ options: { source: feed.url } });
    const client = join();
    await service.start?.();
    const received = published(1);
    (await feed.connection()).write("abc");
    await received;
    expect(client.sent).toEqual([Uint8Array.of(0x61, 0x62, 0x63)]);
  });

  test("sends lines as text messages, and drops a last line that has no end", async () => {
    const feed = await createFeedServer();
    const { service, join, published, logged } = createBroadcast({
      options: { source: feed.url, framing: "lines", sourceMessageMaxSize: "8 B" },
    });
    const client = join();
    await service.start?.();
    const socket = await feed.connection();
    const received = published(2);
    const warned = logged("line from the source left out");
    socket.write("one\r\n123456789\ntwo\nhal");
    await received;
    await warned;
    const lost = logged("source is down");
    socket.end();
    await lost;
    expect(client.sent).toEqual(["one", "two"]);
    expect(client.isOpen).toBe(true);
  });

  test("keeps clients through a loss and goes on when the source is back", async () => {
    const feed = await createFeedServer();
    const { service, clock, join, published, logged, metrics } = createBroadcast({
      options: { source: feed.url, framing: "lines" },
    });
    const client = join();
    await service.start?.();
    const lost = logged("source is down");
    (await feed.connection()).resetAndDestroy();
    await lost;
    expect(metrics.backendFailures.get("backend.reset")).toBe(1);
    clock.advance(clock.nextDelayMs ?? 0);
    const received = published(1);
    (await feed.connection()).write("again\n");
    await received;
    expect(client.sent).toEqual(["again"]);
  });

  test("closes clients with 1014 at a loss if asked to, and newcomers until the source is back", async () => {
    const feed = await createFeedServer();
    const { service, clock, join, logged } = createBroadcast({
      options: { source: feed.url, onSourceLoss: "close" },
    });
    const early = join();
    expect(early.closedWith?.code).toBe(1014);
    let up = logged("source is up");
    await service.start?.();
    await up;
    const client = join();
    expect(client.isOpen).toBe(true);
    const lost = logged("source is down");
    (await feed.connection()).end();
    await lost;
    expect(client.closedWith?.code).toBe(1014);
    const between = join();
    expect(between.closedWith?.code).toBe(1014);
    expect(between.topics.size).toBe(0);
    up = logged("source is up");
    clock.advance(6000);
    await up;
    expect(join().isOpen).toBe(true);
  });

  test("stops in the middle of a flood and holds nothing of it", async () => {
    const feed = await createFeedServer();
    const { service, clock, published } = createBroadcast({ options: { source: feed.url } });
    await service.start?.();
    const socket = await feed.connection();
    const flowing = published(3);
    const block = Buffer.alloc(65_536);
    // Not `once`: the cut is an error at this end.
    const ended = new Promise((resolve) => socket.on("close", resolve));
    const flood = () => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on("drain", flood);
    flood();
    await flowing;
    await service.stop();
    await ended;
    expect(clock.pendingTimers).toBe(0);
  });

  test("says what is wrong with a source that refuses, and starts all the same", async () => {
    const feed = await createFeedServer();
    feed.server.close();
    const { service, logged, log, metrics } = createBroadcast({ options: { source: feed.url } });
    const down = logged("source is down");
    await service.start?.();
    await down;
    expect(log.lines.at(-1)?.fields).toMatchObject({ source: feed.url, code: "backend.refused" });
    expect(metrics.backendFailures.get("backend.refused")).toBe(1);
  });
});

describe("broadcast of a WebSocket source", () => {
  async function createServer() {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    cleanups.push(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/prices?depth=5` };
  }

  test("asks as it was told to, and passes messages on as the kind they are", async () => {
    const { server, url } = await createServer();
    const { service, join, published } = createBroadcast({
      options: { source: url, subprotocol: "v1", headers: { Authorization: "Bearer t" } },
    });
    const client = join();
    const connected = once(server, "connection");
    await service.start?.();
    const [peer, request] = await connected;
    expect(request.url).toBe("/prices?depth=5");
    expect(request.headers.authorization).toBe("Bearer t");
    expect(request.headers.origin).toBeUndefined();
    expect(peer.protocol).toBe("v1");
    const received = published(2);
    peer.send("text");
    peer.send(Uint8Array.of(1, 2));
    await received;
    expect(client.sent).toEqual(["text", Uint8Array.of(1, 2)]);
  });

  test("takes its Close for a loss, tells its code and comes back", async () => {
    const { server, url } = await createServer();
    const { service, clock, log, logged } = createBroadcast({ options: { source: url } });
    let connected = once(server, "connection");
    await service.start?.();
    const [peer] = await connected;
    const lost = logged("source is down");
    peer.close(1001, "restart");
    await lost;
    expect(log.lines.at(-1)?.fields).toMatchObject({
      code: "backend.reset",
      detail: "the source closed the connection with 1001",
    });
    connected = once(server, "connection");
    clock.advance(clock.nextDelayMs ?? 0);
    await connected;
  });

  test("ends a source with 1009 whose message is over the limit", async () => {
    const { server, url } = await createServer();
    const { service, log, logged } = createBroadcast({
      options: { source: url, sourceMessageMaxSize: "10 B" },
    });
    const connected = once(server, "connection");
    await service.start?.();
    const [peer] = await connected;
    const ended = once(peer, "close");
    const lost = logged("source is down");
    peer.send("x".repeat(11));
    await lost;
    expect(log.lines.at(-1)?.fields.code).toBe("message.too_big");
    expect((await ended)[0]).toBe(1009);
  });

  test("stops without a word of loss", async () => {
    const { server, url } = await createServer();
    const { service, clock, log, logged } = createBroadcast({ options: { source: url } });
    const up = logged("source is up");
    const connected = once(server, "connection");
    await service.start?.();
    await up;
    const [peer] = await connected;
    const ended = new Promise((resolve) => peer.on("close", resolve));
    await service.stop();
    await ended;
    expect(log.events("warn")).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("broadcast of a udp source", () => {
  /** A port that was free a moment ago. */
  async function freePort(): Promise<number> {
    const probe = createSocket("udp4");
    probe.bind(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    await new Promise<void>((resolve) => probe.close(resolve));
    return port;
  }

  for (const [host, how] of [
    ["127.0.0.1", "on an address"],
    ["239.255.77.2", "from a multicast group"],
  ] as const) {
    test(`sends each datagram as one message, ${how}`, async () => {
      const port = await freePort();
      const multicast = host.startsWith("239") ? { interface: "127.0.0.1" } : {};
      const { service, join, published, logged } = createBroadcast({
        options: { source: `udp://${host}:${port}`, kind: "text", ...multicast },
      });
      const client = join();
      const up = logged("source is up");
      await service.start?.();
      await up;
      const socket = createSocket("udp4");
      cleanups.push(() => socket.close());
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      socket.setMulticastInterface("127.0.0.1");
      const received = published(2);
      socket.send("one", port, host);
      socket.send("two", port, host);
      await received;
      expect(client.sent).toEqual(["one", "two"]);
    });
  }
});
