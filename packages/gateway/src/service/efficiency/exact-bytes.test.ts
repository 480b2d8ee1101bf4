// The proof that the meter's figures are the bytes on the wire: the client counts at its own sockets, one for each
// technique and half, and both counts must be the same number.
import { afterEach, expect, test } from "bun:test";
import { connectRaw, exchange, type RawClient, textFrame } from "./raw-client.ts";
import { type ServedDemo, serveDemo } from "./serve-demo.ts";
import type { Tally } from "./tally.ts";

const toStop: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

async function open(origin: string): Promise<RawClient> {
  const client = await connectRaw(origin);
  toStop.push(() => client.close());
  return client;
}

/** Visits the demo as a browser does, up to the page's address at the meter. */
async function visit({ origin }: ServedDemo): Promise<URL> {
  const response = await fetch(`${origin}/demo`, { redirect: "manual" });
  expect(response.status).toBe(302);
  return new URL(response.headers.get("location") ?? "");
}

const upgrade = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: by hand\r\n\r\n`;
const post = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 12\r\n\r\nHello, world`;

test("every technique's bytes are exactly those that its clients wrote and read", async () => {
  const demo = serveDemo();
  toStop.push(() => demo.stop());
  const page = await visit(demo);
  const path = page.pathname;

  const live = await open(page.origin);
  await exchange(live, upgrade(`${path}live`));
  live.write(textFrame('{"type":"start","rate":50,"size":12}'));
  await live.until((text) => text.includes('"started"'));

  const clients = {
    poll: { toPage: await open(page.origin), toServer: await open(page.origin) },
    "long-poll": { toPage: await open(page.origin), toServer: await open(page.origin) },
    sse: { toPage: await open(page.origin), toServer: await open(page.origin) },
  };
  const webSocket = await open(page.origin);
  await exchange(webSocket, upgrade(`${path}websocket`));
  clients.sse.toPage.write(get(`${path}sse`));
  // The first messages have come by the time that the stream has shown three.
  await clients.sse.toPage.until((text) => text.includes("id: 3\n"));
  for (let round = 0; round < 3; round++) {
    await exchange(clients.poll.toPage, get(`${path}poll?after=${round}`));
    await exchange(clients["long-poll"].toPage, get(`${path}long-poll?after=${round}`));
    for (const technique of ["poll", "long-poll", "sse"] as const) {
      await exchange(clients[technique].toServer, post(`${path}${technique}`));
    }
    webSocket.write(textFrame("Hello, world"));
  }
  live.write(textFrame('{"type":"stop"}'));
  // The feed's end closes the WebSocket; the client answers the Close (RFC 6455 §5.5.1) before it is cut.
  await webSocket.until((text) => text.endsWith("\x88\x02\x03\xe8"));
  webSocket.write(new Uint8Array([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
  await webSocket.until(() => false);
  await clients.sse.toPage.until((text) => text.endsWith("0\r\n\r\n"));

  const figures = await fetch(`${page.href}meter`);
  const { tally, metered } = (await figures.json()) as { tally: Tally; metered: boolean };
  expect(metered).toBe(true);
  for (const technique of ["poll", "long-poll", "sse"] as const) {
    const { toPage, toServer } = tally.techniques[technique];
    expect([technique, toPage.up, toPage.down]).toEqual([technique, ...countsOf(clients[technique].toPage)]);
    expect([technique, toServer.up, toServer.down]).toEqual([
      technique,
      ...countsOf(clients[technique].toServer),
    ]);
    expect([technique, toServer.messages, toServer.payloadBytes]).toEqual([technique, 3, 36]);
  }
  const { opening, toPage, toServer } = tally.techniques.websocket;
  expect([opening.up + toPage.up + toServer.up, opening.down + toPage.down + toServer.down]).toEqual(
    countsOf(webSocket),
  );
  // Slide 12's figures: 2 bytes of framing to the page; to the server 4 more, for the mask. The Close is 4 and 8 bytes.
  expect(toPage.down).toBe(toPage.messages * (12 + 2) + 4);
  expect(toServer.up).toBe(toServer.messages * (12 + 6) + 8);
});

function countsOf({ counts }: RawClient): [number, number] {
  return [counts.up, counts.down];
}
