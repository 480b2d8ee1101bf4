// A graceful stop: clients are told, what they sent still reaches the back end, and it is over by the deadline.
import { describe, expect, test } from "bun:test";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { frameHeader, openRaw, type RawClient } from "../load/raw-client.ts";

async function openMany(url: string, count: number): Promise<WebSocket[]> {
  const sockets = Array.from({ length: count }, () => new WebSocket(url));
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve, reject) => {
          socket.onopen = resolve;
          socket.onerror = reject;
        }),
    ),
  );
  return sockets;
}

/** Writes whole messages until the other side takes no more; resolves with the bytes that were sent. */
async function writeUntilFull(client: RawClient, message: Uint8Array): Promise<number> {
  let sent = 0;
  for (;;) {
    const taken = client.write(message);
    sent += taken;
    if (taken < message.length) return sent;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** More was sent to the one client than the test asks for; it has read nothing of it. */
async function untilAnswered(gateway: GatewayFixture): Promise<void> {
  for (;;) {
    const answer = await fetch(`${gateway.adminUrl}/api/v1/connections`);
    const { connections } = (await answer.json()) as { connections: { bytes: { out: number } }[] };
    if ((connections[0]?.bytes.out ?? 0) > 100_000) return;
  }
}

const config = (services: string, stop: string) => `
listen: [http://localhost:0]
admin: http://127.0.0.1:0
stop: { ${stop} }
services:
${services}
`;

describe("SIGTERM", () => {
  test("tells every client 1001, spread over the configured time, and ends with exit code 0", async () => {
    const gateway = await startGateway(config("  /echo: { type: echo }", "spread: 500ms, deadline: 5s"));
    const sockets = await openMany(gateway.url("/echo"), 200);
    const startedMs = performance.now();
    const ends = Promise.all(
      sockets.map(
        (socket) =>
          new Promise<{ code: number; atMs: number }>((resolve) => {
            socket.onclose = ({ code }) => resolve({ code, atMs: performance.now() - startedMs });
          }),
      ),
    );
    gateway.signal("SIGTERM");
    const closed = await ends;
    expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1001]));
    const times = closed.map(({ atMs }) => atMs).sort((a, b) => a - b);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(300);
    expect(await gateway.exited).toBe(0);
  });

  test("lets a back end have what its client had sent, and ends it in order", async () => {
    const received: string[] = [];
    const ended = Promise.withResolvers<void>();
    const backend = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket, chunk) {
          received.push(chunk.toString());
          socket.write("ok");
        },
        end: () => ended.resolve(),
      },
    });
    const gateway = await startGateway(
      config(`  /tcp: { type: tcp, connect: tcp://127.0.0.1:${backend.port} }`, "spread: 0ms, deadline: 5s"),
    );
    const [socket] = await openMany(gateway.url("/tcp"), 1);
    socket?.send("last words");
    await new Promise((resolve) => socket?.addEventListener("message", resolve));
    gateway.signal("SIGTERM");
    await ended.promise;
    expect(received.join("")).toBe("last words");
    expect(await gateway.exited).toBe(0);
    backend.stop(true);
  });

  test.each([false, true])(
    "waits for a client that reads slowly: all it was sent, then 1001 (drafts: %p)",
    async (drafts) => {
      const gateway = await startGateway(
        config("  /echo: { type: echo }", "spread: 0ms, deadline: 8s").replace(
          "listen: [http://localhost:0]",
          `listen: [{ url: "http://localhost:0", drafts: ${drafts} }]`,
        ),
      );
      const client = openRaw({ port: gateway.port, path: "/echo" });
      await client.opened;
      client.pause();
      const message = Buffer.concat([frameHeader(100_000), new Uint8Array(100_000)]);
      // More than the kernels hold between the two, so that some of it waits in the gateway.
      const sent = await writeUntilFull(client, message);
      await untilAnswered(gateway);
      gateway.signal("SIGTERM");
      while (!gateway.log().some(({ event }) => event === "connection closed")) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      let tail = Buffer.alloc(0);
      let received = 0;
      client.onData = (chunk) => {
        received += chunk.length;
        tail = Buffer.concat([tail, chunk]).subarray(-200);
      };
      client.resume();
      await client.closed;
      expect(received).toBeGreaterThan(100_000);
      expect(received).toBeLessThan(sent + 1000);
      expect(tail.includes(Buffer.of(0x03, 0xe9))).toBe(true);
      expect(await gateway.exited).toBe(0);
    },
  );

  test("is over at the deadline even if a back end never ends", async () => {
    const backend = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      allowHalfOpen: true,
      socket: { data() {} },
    });
    const gateway = await startGateway(
      config(
        `  /tcp: { type: tcp, connect: tcp://127.0.0.1:${backend.port} }`,
        "spread: 0ms, deadline: 500ms",
      ),
    );
    const [socket] = await openMany(gateway.url("/tcp"), 1);
    socket?.send("x");
    const startedMs = performance.now();
    gateway.signal("SIGTERM");
    expect(await gateway.exited).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(3000);
    backend.stop(true);
  });
});
