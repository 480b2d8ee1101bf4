import { afterEach, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import type { ServerWebSocket } from "bun";
import type { SessionOffer } from "../session/carrier.ts";
import { WebSocketCarrier } from "./websocket-carrier.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A carrier whose client reads nothing. */
async function createStoppedCarrier(): Promise<WebSocketCarrier> {
  const opened = Promise.withResolvers<ServerWebSocket<SessionOffer>>();
  const server = Bun.serve<SessionOffer>({
    port: 0,
    hostname: "127.0.0.1",
    // The carrier looks at no data of the socket.
    fetch: (request, server) =>
      server.upgrade(request, { data: {} as SessionOffer }) ? undefined : new Response(null, { status: 400 }),
    websocket: { open: (socket) => opened.resolve(socket), message() {} },
  });
  cleanups.push(() => server.stop(true));
  const client = connect(server.port ?? 0, "127.0.0.1");
  cleanups.push(() => client.destroy());
  client.pause();
  await once(client, "connect");
  const fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  client.write(["GET / HTTP/1.1", "Host: x", ...fields, key, "", ""].join("\r\n"));
  return new WebSocketCarrier(await opened.promise);
}

test("an empty message that was sent asks for no pause: no `drained` would ever end it", async () => {
  const carrier = await createStoppedCarrier();
  expect(carrier.send("", false)).toBe(true);
  expect(carrier.send(new Uint8Array(), false)).toBe(true);
});

test("a message that has to wait asks for a pause, an empty one behind it too", async () => {
  const carrier = await createStoppedCarrier();
  const message = new Uint8Array(100_000);
  let sent = 0;
  while (carrier.send(message, false) && sent < 1000) sent++;
  expect(sent).toBeLessThan(1000);
  expect(carrier.bufferedBytes).toBeGreaterThan(0);
  expect(carrier.send("", false)).toBe(false);
});
