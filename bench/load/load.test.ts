// The generator against small servers that do right or wrong: figures are worth what it notices.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { freePort } from "../harness/child.ts";
import { createLab, type Lab } from "../harness/lab.ts";
import { type LoadOptions, type Sample, startLoad } from "../harness/load.ts";

let lab: Lab;
beforeAll(() => {
  lab = createLab(`${import.meta.dirname}/../..`);
});
afterAll(() => lab.close());

type Behaviour = (socket: ServerWebSocket<undefined>, message: string | Buffer) => void;

interface Site {
  readonly message?: Behaviour;
  readonly open?: (socket: ServerWebSocket<undefined>) => void;
  readonly pong?: (socket: ServerWebSocket<undefined>, data: Buffer) => void;
  readonly close?: (socket: ServerWebSocket<undefined>, code: number) => void;
  readonly respond?: (request: Request) => Response;
}

/** Runs a load against a server that behaves so, until `isEnough`. */
async function sampleUnder(
  options: Omit<LoadOptions, "port">,
  site: Site,
  isEnough: (sample: Sample) => boolean = (sample) => sample.messages >= 200,
): Promise<Sample> {
  const { respond, message = () => {}, open = () => {}, ...handlers } = site;
  const server = Bun.serve<undefined>({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, server) => respond?.(request) ?? (server.upgrade(request) ? undefined : new Response()),
    websocket: { message, open, ...handlers },
  });
  try {
    const load = await startLoad(lab.loadBinary, { ...options, port: server.port ?? 0, secondsMax: 20 });
    try {
      let sample = await load.sample();
      while (!isEnough(sample)) sample = await load.sample();
      return sample;
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop(true);
  }
}

const echo: Behaviour = (socket, message) => {
  socket.send(message);
};

test("echoed messages are counted with their bytes, binary and text, one and many in flight", async () => {
  for (const text of [false, true]) {
    for (const window of [1, 16]) {
      const sample = await sampleUnder(
        { mode: "echo", connections: 4, size: 40, window, text },
        { message: echo },
      );
      expect(sample.bytes).toBe(sample.messages * 40);
      expect(sample.cpuNs).toBeGreaterThan(0);
    }
  }
});

test("frames with 16-bit and 64-bit lengths are read (RFC 6455 §5.2)", async () => {
  for (const size of [125, 126, 65_535, 65_536, 200_000]) {
    const options = { mode: "echo", connections: 2, size } as const;
    const sample = await sampleUnder(options, { message: echo }, ({ messages }) => messages >= 20);
    expect(sample.bytes).toBe(sample.messages * size);
  }
});

test("a ping is answered with its own payload (RFC 6455 §5.5.3)", async () => {
  let answer = "";
  const site: Site = {
    open(socket) {
      socket.ping("are you there");
    },
    pong(_socket, data) {
      answer = data.toString();
    },
  };
  await sampleUnder({ mode: "idle", connections: 1 }, site, () => answer !== "");
  expect(answer).toBe("are you there");
});

test("a fan counts deliveries, whether or not the publisher gets its own message", async () => {
  const open = (socket: ServerWebSocket<undefined>) => {
    socket.subscribe("all");
  };
  const toOthers: Behaviour = (socket, message) => {
    socket.publish("all", message);
  };
  const toAll: Behaviour = (socket, message) => {
    socket.publish("all", message);
    socket.send(message);
  };
  for (const message of [toOthers, toAll]) {
    const sample = await sampleUnder({ mode: "fan", connections: 11, size: 16 }, { open, message });
    expect(sample.bytes).toBe(sample.messages * 16);
  }
});

test("a storm closes each connection by the closing handshake and opens it again (RFC 6455 §7.1.1)", async () => {
  const codes: number[] = [];
  const site: Site = { close: (_socket, code) => void codes.push(code) };
  const options = { mode: "storm", connections: 8, sources: 4 } as const;
  const sample = await sampleUnder(options, site, ({ messages }) => messages >= 200 && codes.length >= 200);
  expect(sample.messages).toBeGreaterThanOrEqual(200);
  // Those under way at the end are cut.
  expect(codes.filter((code) => code !== 1000).length).toBeLessThanOrEqual(8);
});

test("HTTP responses are counted with their body bytes, with a length or chunked (RFC 9112 §6)", async () => {
  const chunked = () =>
    new ReadableStream({
      async pull(controller) {
        controller.enqueue("b".repeat(100));
        await Promise.resolve();
        controller.enqueue("b".repeat(50));
        controller.close();
      },
    });
  for (const [bytes, body] of [[300, () => "a".repeat(300)] as const, [150, chunked] as const]) {
    const sample = await sampleUnder(
      { mode: "http", connections: 3 },
      { respond: () => new Response(body()) },
    );
    // Bodies under way are counted by the byte.
    expect(sample.bytes).toBeGreaterThanOrEqual(sample.messages * bytes);
    expect(sample.bytes).toBeLessThanOrEqual((sample.messages + 3) * bytes);
  }
});

test("a stream may join and split messages; without `stream` that ends the load", async () => {
  let held: Buffer[] = [];
  // Two messages come back as three: 10 bytes, 40 bytes, 30 bytes.
  const message: Behaviour = (socket, bytes) => {
    held.push(Buffer.from(bytes));
    if (held.length < 2) return;
    const joined = Buffer.concat(held);
    held = [];
    for (const [from, to] of [[0, 10] as const, [10, 50] as const, [50, 80] as const])
      socket.send(joined.subarray(from, to));
  };
  const options = { mode: "echo", connections: 1, size: 40, window: 2 } as const;
  const sample = await sampleUnder({ ...options, stream: true }, { message });
  expect(sample.bytes).toBe(sample.messages * 40);
  held = [];
  await expect(sampleUnder(options, { message })).rejects.toThrow("not of 40 bytes");
});

test("a message that comes back damaged ends the load", async () => {
  const message: Behaviour = (socket, bytes) => {
    socket.send(Buffer.from(bytes).fill(0x7a));
  };
  await expect(sampleUnder({ mode: "echo", connections: 1 }, { message })).rejects.toThrow("damaged");
});

test("a connection that the server closes or cuts ends the load", async () => {
  const options = { mode: "echo", connections: 1 } as const;
  await expect(sampleUnder(options, { message: (socket) => socket.close() })).rejects.toThrow("closed");
  await expect(sampleUnder(options, { message: (socket) => socket.terminate() })).rejects.toThrow("lost");
});

test("a server that does not upgrade, and a port where nobody listens, end the load", async () => {
  const respond = () => new Response("no", { status: 403 });
  await expect(sampleUnder({ mode: "echo" }, { respond })).rejects.toThrow("403");
  await expect(startLoad(lab.loadBinary, { mode: "echo", port: freePort() })).rejects.toThrow("refused");
});

test("an option that it does not know, or a value that makes no sense, ends the load", () => {
  const run = (option: string) => Bun.spawnSync([lab.loadBinary, "port=1", option]).stdout.toString();
  expect(run("speed=9")).toContain("unknown option speed");
  expect(run("size=7")).toContain("size must be at least 8");
  expect(run("mode=other")).toContain("unknown mode other");
});
