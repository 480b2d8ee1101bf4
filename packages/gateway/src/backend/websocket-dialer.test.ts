import { afterEach, expect, test } from "bun:test";
import type { Failure } from "../failure.ts";
import { FakeClock } from "../host/fake-clock.ts";
import { createRawBackend, switching } from "./raw-backend.ts";
import type { WebSocketHandler, WebSocketRequest } from "./websocket.ts";
import { createWebSocketDialer } from "./websocket-dialer.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setUp(pendingConnectsMax: number, random?: (bytes: Uint8Array<ArrayBuffer>) => void) {
  const backend = await createRawBackend();
  cleanups.push(() => backend.close());
  const settings = {
    connectTimeoutMs: 10_000,
    messageMaxBytes: 1000,
    idleTimeoutMs: 60_000,
    pendingConnectsMax,
  };
  const dialer = createWebSocketDialer(settings, new FakeClock(), random);
  const request: WebSocketRequest = {
    target: { scheme: "tcp", hostname: "127.0.0.1", port: backend.port },
    host: "back.example",
    path: "/",
    origin: undefined,
    subprotocols: [],
    headers: [],
  };
  return {
    backend,
    open() {
      const opened = Promise.withResolvers<void>();
      const closed = Promise.withResolvers<Failure | undefined>();
      const handler: WebSocketHandler = {
        opened: () => opened.resolve(),
        message() {},
        drained() {},
        closed: (_code, _reason, failure) => closed.resolve(failure),
      };
      const socket = dialer.open(request, handler);
      cleanups.push(() => socket.terminate());
      return { socket, opened: opened.promise, closed: closed.promise };
    },
  };
}

test("one connect more than may be under way fails with backend.busy, and later ones do not", async () => {
  const { backend, open } = await setUp(1);
  open();
  const { closed } = open();
  expect((await closed)?.code).toBe("backend.busy");
  // Connected is no longer under way, even though the handshake is.
  await backend.connection();
  open();
  await backend.connection();
});

test("every connection has a key of its own, and every frame a mask of its own", async () => {
  let drawn = 0;
  const { backend, open } = await setUp(10, (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = drawn++ & 255;
  });
  const keys: string[] = [];
  const masks: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { socket, opened } = open();
    const { socket: peer, head, read } = await backend.connection();
    keys.push(/^Sec-WebSocket-Key: (.*)$/m.exec(head)?.[1] ?? "");
    peer.write(switching(head));
    await opened;
    socket.send("x");
    masks.push((await read(7)).subarray(2, 6).toString("hex"));
  }
  // 16 bytes for a key, then 4,096 for masks, then 16 for the other key.
  const bytes = (first: number, count: number) =>
    Buffer.from(Array.from({ length: count }, (_, i) => first + i));
  expect(keys).toEqual([bytes(0, 16).toString("base64"), bytes(16, 16).toString("base64")]);
  expect(masks).toEqual([bytes(16, 4).toString("hex"), bytes(20, 4).toString("hex")]);
});
