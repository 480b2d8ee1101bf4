// One gigabyte each way past a side that is slow: the gateway's memory stays within its configured bytes, and what
// arrives is what was sent. The slow side is slow for some seconds and then takes the rest as fast as it can;
// SLUICE_SLOW_SECONDS=1000 makes it slow to the end.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Socket, TCPSocketListener } from "bun";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { BLOCK_BYTES, blockAt, hashOfBlocks } from "../load/deterministic-stream.ts";
import { readFigures } from "../load/figures.ts";
import { frameHeader, openRaw } from "../load/raw-client.ts";

const SLOW_SECONDS = Number(process.env.SLUICE_SLOW_SECONDS ?? 5);
const GIGABYTE_BLOCKS = 2 ** 30 / BLOCK_BYTES;
const SLOW_BYTES_PER_SECOND = 1_000_000;
/** Configured bytes both ways, one read, one message, and what an allocator and a collector leave lying about. */
const MEMORY_SPARE_BYTES = 48 * 2 ** 20;

let gateway: GatewayFixture;
let backendPort = 0;
let onBackend: (
  socket: Socket,
) => Partial<Record<"data" | "drain", (socket: Socket, chunk: Uint8Array) => void>>;
let backend: TCPSocketListener<undefined>;
const handlers = new WeakMap<Socket, ReturnType<typeof onBackend>>();

beforeAll(async () => {
  backend = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => void handlers.set(socket, onBackend(socket)),
      data: (socket, chunk) => handlers.get(socket)?.data?.(socket, chunk),
      drain: (socket) => handlers.get(socket)?.drain?.(socket, new Uint8Array()),
    },
  });
  backendPort = backend.port;
  gateway = await startGateway(`
listen: [http://localhost:0]
admin: http://127.0.0.1:0
services:
  /tcp: { type: tcp, connect: tcp://127.0.0.1:${backendPort}, firstByteTimeout: unlimited }
`);
});
afterAll(async () => {
  await gateway.stop();
  backend.stop(true);
});

/** The highest resident memory over the time that `work` takes, above the one before it. */
async function growthDuring(work: Promise<unknown>): Promise<number> {
  const before = (await readFigures(gateway)).residentBytes;
  let highest = before;
  let isOver = false;
  const done = work.finally(() => {
    isOver = true;
  });
  while (!isOver) highest = Math.max(highest, (await readFigures(gateway)).residentBytes);
  await done;
  process.stdout.write(
    `back-pressure: memory at most ${Math.round((highest - before) / 2 ** 20)} MiB more\n`,
  );
  return highest - before;
}

describe("one gigabyte", () => {
  test(
    "from a fast client to a slow back end",
    async () => {
      const hash = new Bun.CryptoHasher("sha1");
      const arrived = Promise.withResolvers<void>();
      let received = 0;
      onBackend = (socket) => {
        const slowUntil = performance.now() + SLOW_SECONDS * 1000;
        return {
          data(_socket, chunk) {
            hash.update(chunk);
            received += chunk.length;
            if (received >= GIGABYTE_BLOCKS * BLOCK_BYTES) arrived.resolve();
            if (performance.now() > slowUntil) return;
            socket.pause();
            // The pace of the slow side is what this test is about, not a wait for something to happen.
            setTimeout(() => socket.resume(), (chunk.length / SLOW_BYTES_PER_SECOND) * 1000);
          },
        };
      };
      const client = openRaw({ port: gateway.port, path: "/tcp" });
      await client.opened;
      const upload = uploadBlocks(client, GIGABYTE_BLOCKS);
      const growth = await growthDuring(Promise.all([upload, arrived.promise]));
      client.destroy();
      expect(received).toBe(GIGABYTE_BLOCKS * BLOCK_BYTES);
      expect(hash.digest("hex")).toBe(hashOfBlocks(GIGABYTE_BLOCKS));
      expect(growth).toBeLessThan(MEMORY_SPARE_BYTES);
    },
    (SLOW_SECONDS + 120) * 1000,
  );

  test(
    "from a fast back end to a client that reads nothing at first",
    async () => {
      let next = 0;
      let part: Uint8Array | undefined;
      const pump = (socket: Socket): void => {
        while (part !== undefined || next < GIGABYTE_BLOCKS) {
          const bytes: Uint8Array = part ?? blockAt(next++);
          const taken = Math.max(0, socket.write(bytes));
          part = taken < bytes.length ? bytes.subarray(taken) : undefined;
          if (part !== undefined) return;
        }
      };
      onBackend = (socket) => {
        queueMicrotask(() => pump(socket));
        return { drain: pump };
      };
      const client = openRaw({ port: gateway.port, path: "/tcp" });
      await client.opened;
      client.pause();
      const payload = new Bun.CryptoHasher("sha1");
      const arrived = Promise.withResolvers<void>();
      let received = 0;
      const unframe = createUnframer((bytes) => {
        payload.update(bytes);
        received += bytes.length;
        if (received >= GIGABYTE_BLOCKS * BLOCK_BYTES) arrived.resolve();
      });
      client.onData = unframe;
      // Not a wait for something to happen: reading nothing for this long is what the client does.
      const paused = new Promise<void>((resolve) => {
        setTimeout(() => {
          client.resume();
          resolve();
        }, SLOW_SECONDS * 1000);
      });
      const growth = await growthDuring(Promise.all([paused, arrived.promise]));
      client.destroy();
      expect(received).toBe(GIGABYTE_BLOCKS * BLOCK_BYTES);
      expect(payload.digest("hex")).toBe(hashOfBlocks(GIGABYTE_BLOCKS));
      expect(growth).toBeLessThan(MEMORY_SPARE_BYTES);
    },
    (SLOW_SECONDS + 120) * 1000,
  );
});

/** Sends blocks as binary messages, as fast as the socket takes them. */
function uploadBlocks(client: ReturnType<typeof openRaw>, blocks: number): Promise<void> {
  return new Promise((resolve) => {
    let next = 0;
    let part: Uint8Array | undefined;
    const pump = (): void => {
      while (part !== undefined || next < blocks) {
        const bytes: Uint8Array = part ?? Buffer.concat([frameHeader(BLOCK_BYTES), blockAt(next++)]);
        const taken = client.write(bytes);
        part = taken < bytes.length ? bytes.subarray(taken) : undefined;
        if (part !== undefined) return;
      }
      resolve();
    };
    client.onDrain = pump;
    pump();
  });
}

/** Takes unmasked frames apart (RFC 6455 §5.2), in any chunks, and gives their payload bytes on. */
function createUnframer(onPayload: (bytes: Uint8Array) => void): (chunk: Uint8Array) => void {
  let head: number[] = [];
  let left = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const bytes = chunk.subarray(at, at + left);
        onPayload(bytes);
        left -= bytes.length;
        at += bytes.length;
        continue;
      }
      head.push(chunk[at++] ?? 0);
      const length = payloadLength(head);
      if (length === undefined) continue;
      left = length;
      head = [];
    }
  };
}

function payloadLength(head: readonly number[]): number | undefined {
  const short = head[1];
  if (short === undefined) return undefined;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (head.length < 2 + extended) return undefined;
  return extended === 0 ? short : head.slice(2).reduce((sum, byte) => sum * 256 + byte, 0);
}
