// 19,000 idle connections in one process, all alive, and nothing left of them afterwards.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { readFigures } from "./figures.ts";
import { openRaw, type RawClient } from "./raw-client.ts";

const CONNECTIONS = 19_000;
const BATCH = 500;
/** 2.0 KB on a quiet machine; the bench compares exactly. */
const BYTES_EACH_MAX = 2600;
/** An empty message and its echo, as frames. */
const PROBE = Uint8Array.of(0x82, 0x80, 0, 0, 0, 0);

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway(`
listen: [http://localhost:0]
admin: http://127.0.0.1:0
limits:
  connectionsPerAddressMax: unlimited
  connectsPerAddress: { perSecond: 1000000, burst: 1000000 }
services:
  /echo: { type: echo }
`);
});
afterAll(() => gateway.stop());

async function openAll(): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  while (clients.length < CONNECTIONS) {
    const batch = Array.from({ length: BATCH }, () => openRaw({ port: gateway.port, path: "/echo" }));
    await Promise.all(batch.map(({ opened }) => opened));
    clients.push(...batch);
  }
  return clients;
}

async function untilOpen(count: number): Promise<void> {
  for (;;) if ((await readFigures(gateway)).connectionsOpen === count) return;
}

test("19,000 idle connections are held, answer, cost at most 2.6 KB each, and leave nothing", async () => {
  const before = await readFigures(gateway);
  const clients = await openAll();
  await untilOpen(CONNECTIONS);
  const during = await readFigures(gateway);
  const answers = clients.map(
    (client) =>
      new Promise<void>((resolve) => {
        client.onData = () => resolve();
      }),
  );
  for (const client of clients) client.write(PROBE);
  await Promise.all(answers);
  for (const client of clients) client.destroy();
  await untilOpen(0);
  const after = await readFigures(gateway);
  const bytesEach = (during.residentBytes - before.residentBytes) / CONNECTIONS;
  process.stdout.write(`idle: ${CONNECTIONS} connections, ${Math.round(bytesEach)} bytes each\n`);
  expect(during.descriptorsOpen).toBeGreaterThanOrEqual(CONNECTIONS);
  expect(bytesEach).toBeLessThan(BYTES_EACH_MAX);
  expect(after.descriptorsOpen).toBeLessThanOrEqual(before.descriptorsOpen + 2);
}, 120_000);
