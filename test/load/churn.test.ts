// 100,000 connects and disconnects leave descriptors and memory where they were.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { TCPSocketListener } from "bun";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { type Figures, readFigures } from "./figures.ts";
import { openRaw } from "./raw-client.ts";

/** The first ones warm pools and compilers up; what grows after them is a leak. */
const WARM_UP = 30_000;
const CONNECTS = 100_000;
const AT_ONCE = 200;
/** What a collector may have lying about at any one time; a leak of 100 bytes a connection would be as much. */
const SPARE_BYTES = 10 * 2 ** 20;

const ROUNDS_MAX = 3;
/** The scrapes themselves, kept alive. */
const DESCRIPTORS_SPARE = 4;

let gateway: GatewayFixture;
let backend: TCPSocketListener<undefined>;
beforeAll(async () => {
  backend = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket, chunk) => void socket.write(chunk) },
  });
  gateway = await startGateway(`
listen: [http://localhost:0]
admin: http://127.0.0.1:0
limits:
  connectionsPerAddressMax: unlimited
  connectsPerAddress: { perSecond: 1000000, burst: 1000000 }
services:
  /echo: { type: echo }
  /tcp: { type: tcp, connect: tcp://127.0.0.1:${backend.port} }
`);
});
afterAll(async () => {
  await gateway.stop();
  backend.stop(true);
});

/** Every tenth goes through to a back end; half leave by a reset. */
async function connectOnce(index: number): Promise<void> {
  const client = openRaw({ port: gateway.port, path: index % 10 === 0 ? "/tcp" : "/echo" });
  await client.opened;
  if (index % 2 === 0) {
    client.destroy();
  } else {
    // A Close frame with code 1000 and a zero mask.
    client.write(Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8));
  }
  await client.closed;
}

async function connectMany(count: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await connectOnce(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** The host keeps a closed socket for up to 16 s while its peer has not ended; until then it is not yet a leak. */
async function settled(descriptorsMax: number): Promise<Figures> {
  let figures = await readFigures(gateway);
  while (figures.connectionsOpen > 0 || figures.descriptorsOpen > descriptorsMax) {
    figures = await readFigures(gateway);
  }
  return figures;
}

test("100,000 connects and disconnects leave nothing", async () => {
  // With more descriptors left over than this the test never ends.
  const descriptorsMax = (await readFigures(gateway)).descriptorsOpen + DESCRIPTORS_SPARE;
  await connectMany(WARM_UP);
  let before = await settled(descriptorsMax);
  let grown = Number.POSITIVE_INFINITY;
  // Memory that a collector has not come to yet does not grow again in the next round; a leak does.
  for (let round = 0; round < ROUNDS_MAX && grown >= SPARE_BYTES; round++) {
    await connectMany(CONNECTS);
    const after = await settled(descriptorsMax);
    grown = after.residentBytes - before.residentBytes;
    process.stdout.write(`churn: ${CONNECTS} connects, memory ${Math.round(grown / 1024)} KiB more\n`);
    before = after;
  }
  expect(grown).toBeLessThan(SPARE_BYTES);
}, 300_000);
