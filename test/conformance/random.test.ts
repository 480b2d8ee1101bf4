// Ten thousand random inputs on every port: random bytes, handshakes with something changed, random frames behind a
// good handshake. Whatever it was, the gateway answers or closes, and goes on as if nothing had been.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { handshake, open, text } from "./raw-peer.ts";
import { CONFIG } from "./target.ts";

const INPUTS = 10_000;
const AT_ONCE = 64;
const LENGTH_MAX = 600;
/** SLUICE_SEED repeats a run that failed. */
const SEED = Number(process.env.SLUICE_SEED ?? Math.trunc(Math.random() * 2 ** 32));
/** Long past every time limit of the gateway. */
const DEADLINE_MS = 30_000;

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway(CONFIG);
});
afterAll(() => gateway.stop());

/** Whole numbers below `limit`, the same row for the same seed (mulberry32). */
function createRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.trunc((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

function randomInput(random: (limit: number) => number, url: string): Uint8Array {
  const bytes = Uint8Array.from({ length: random(LENGTH_MAX) }, () => random(256));
  const good = Buffer.from(handshake(url));
  switch (random(4)) {
    case 0:
      return bytes;
    case 1: {
      // A handshake with some bytes changed.
      for (let change = 0; change <= random(4); change++) good[random(good.length)] = random(256);
      return good;
    }
    case 2: {
      // A handshake with a piece cut out or put in.
      const at = random(good.length);
      return Buffer.concat([
        good.subarray(0, at),
        bytes.subarray(0, random(20)),
        good.subarray(at + random(20)),
      ]);
    }
    default:
      return Buffer.concat([good, bytes]);
  }
}

/** Resolves when the gateway has ended the connection. */
function send(port: number, input: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`still open: ${Buffer.from(input).toString("hex")}`)),
      DEADLINE_MS,
    );
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    Bun.connect({
      hostname: "127.0.0.1",
      port,
      allowHalfOpen: true,
      socket: {
        open(socket) {
          socket.write(input);
          // What was sent is all that will come.
          socket.shutdown();
        },
        data() {},
        end: (socket) => void socket.end(),
        close: end,
        error: end,
      },
    }).catch(reject);
  });
}

const PORTS = {
  "the listener": () => gateway.listenerUrls[0],
  "the listener with drafts": () => gateway.listenerUrls[1],
  "the admin side": () => gateway.adminUrl,
};

for (const [index, [name, urlOf]] of Object.entries(PORTS).entries()) {
  test(`${name} answers or closes ${INPUTS} random inputs (seed ${SEED})`, async () => {
    const url = `${urlOf()}/echo`;
    const random = createRandom(SEED + index);
    let left = INPUTS;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await send(Number(new URL(url).port), randomInput(random, url));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await expectAlive();
  }, 120_000);
}

async function expectAlive(): Promise<void> {
  for (const listener of gateway.listenerUrls) {
    const peer = await open(`${listener.replace(/^http/, "ws")}/echo`);
    peer.send(text("alive"));
    expect((await peer.frame()).payload.toString()).toBe("alive");
    peer.destroy();
  }
  expect((await fetch(`${gateway.adminUrl}/healthz`)).status).toBe(200);
  // A failure of ours is an error in the log; a peer's nonsense is not.
  expect(gateway.log().filter(({ level }) => level === "error")).toEqual([]);
  // Every session that was opened on the way has ended: the peers have gone.
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/^sluice_connections_open\{.*\} 0$/m);
}
