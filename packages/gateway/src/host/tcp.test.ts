import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Failure } from "../failure.ts";
import { systemClock as clock } from "./clock.ts";
import { FakeClock } from "./fake-clock.ts";
import { type DialBudget, dialTcp, formatTarget, type TcpConnection, type TcpTarget } from "./tcp.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listen(onConnection: (socket: Socket) => void, path?: string): Promise<TcpTarget> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(path, resolve);
  });
  if (path !== undefined) return { scheme: "unix", path };
  return { scheme: "tcp", hostname: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

interface Dialed {
  readonly connection: TcpConnection;
  readonly received: string[];
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  readonly closed: Promise<Failure | undefined>;
}

function dial(target: TcpTarget, options: Partial<Parameters<typeof dialTcp>[2]> = {}): Dialed {
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<Failure | undefined>();
  const received: string[] = [];
  const connection = dialTcp(
    target,
    {
      opened: opened.resolve,
      data: (chunk) => received.push(Buffer.from(chunk).toString()),
      drained() {},
      ended: ended.resolve,
      closed: closed.resolve,
    },
    { clock, connectTimeoutMs: 5000, ...options },
  );
  return { connection, received, opened: opened.promise, ended: ended.promise, closed: closed.promise };
}

describe("a dialed connection", () => {
  test("carries bytes both ways and ends in order on both sides", async () => {
    const got: string[] = [];
    const target = await listen((socket) => {
      socket.on("data", (data) => got.push(data.toString()));
      socket.on("end", () => socket.end("bye"));
    });
    const dialed = dial(target);
    expect(dialed.connection.write(Buffer.from("early"))).toBe(0);
    await dialed.opened;
    expect(dialed.connection.write(Buffer.from("hello"))).toBe(5);
    dialed.connection.end();
    expect(await dialed.closed).toBeUndefined();
    expect([got, dialed.received]).toEqual([["hello"], ["bye"]]);
    expect(dialed.connection.write(Buffer.from("late"))).toBe(0);
  });

  test("reaches a unix socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-"));
    const dialed = dial(await listen((socket) => socket.end("unix"), join(folder, "s")));
    await dialed.ended;
    dialed.connection.terminate();
    rmSync(folder, { recursive: true });
    expect(dialed.received).toEqual(["unix"]);
  });

  test("tells a FIN apart from the end: its own side stays open", async () => {
    const got = Promise.withResolvers<string>();
    const target = await listen((socket) => {
      socket.on("data", (data) => got.resolve(data.toString()));
      socket.end("done");
    });
    const dialed = dial(target);
    await dialed.ended;
    expect(dialed.connection.isOpen).toBe(true);
    dialed.connection.write(Buffer.from("still"));
    expect(await got.promise).toBe("still");
    dialed.connection.terminate();
    expect(await dialed.closed).toBeUndefined();
  });

  test("calls a reset a reset", async () => {
    const dialed = dial(await listen((socket) => socket.on("data", () => socket.resetAndDestroy())));
    await dialed.opened;
    dialed.connection.write(Buffer.from("x"));
    expect((await dialed.closed)?.code).toBe("backend.reset");
  });

  test("keeps what was not read while it is paused", async () => {
    const dialed = dial(await listen((socket) => socket.write("later")));
    await dialed.opened;
    dialed.connection.pause();
    await new Promise((resolve) => setImmediate(resolve));
    dialed.connection.resume();
    dialed.connection.end();
    while (dialed.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(dialed.received).toEqual(["later"]);
    dialed.connection.terminate();
  });
});

describe("a failed dial", () => {
  test("says that the connection was refused", async () => {
    const target = await listen(() => {});
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const failure = await dial(target).closed;
    expect(failure?.code).toBe("backend.refused");
    expect(failure?.detail).toBe(`${formatTarget(target)}: ECONNREFUSED`);
  });

  test("says that a unix socket is not there", async () => {
    expect((await dial({ scheme: "unix", path: "/nonexistent/s" }).closed)?.code).toBe("backend.refused");
  });

  test("says that the name is unknown (RFC 6761 §6.4: .invalid never resolves)", async () => {
    const failure = await dial({ scheme: "tcp", hostname: "no-such-host.invalid", port: 1 }).closed;
    expect(failure?.code).toBe("backend.unresolved");
  });

  test("says that time ran out, at the deadline and not before", async () => {
    const fake = new FakeClock();
    // A TLS connect to a server that says nothing is under way for ever.
    const target = await listen(() => {});
    if (target.scheme !== "tcp") throw new Error("unreachable");
    const dialed = dial({ ...target, scheme: "tls", verify: true }, { clock: fake, connectTimeoutMs: 1000 });
    let isClosed = false;
    void dialed.closed.then(() => {
      isClosed = true;
    });
    fake.advance(999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    fake.advance(1);
    expect((await dialed.closed)?.code).toBe("backend.timeout");
  });

  test("says that a TLS peer does not speak TLS", async () => {
    const target = await listen((socket) => socket.end("220 plain text\r\n"));
    if (target.scheme !== "tcp") throw new Error("unreachable");
    expect((await dial({ ...target, scheme: "tls", verify: true }).closed)?.code).toBe("backend.tls");
  });

  test("is not even tried when too many are under way", async () => {
    const budget: DialBudget = { pending: 0, pendingMax: 1 };
    const target = await listen(() => {});
    const first = dial(target, { budget });
    expect((await dial(target, { budget }).closed)?.code).toBe("backend.busy");
    await first.opened;
    await new Promise((resolve) => setImmediate(resolve));
    expect(budget.pending).toBe(0);
    first.connection.terminate();
  });

  test("gives nothing back after it was given up", async () => {
    const dialed = dial(await listen((socket) => socket.write("x")));
    dialed.connection.terminate();
    expect(await dialed.closed).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(dialed.received).toEqual([]);
  });
});

test("a target is written as in the configuration", () => {
  expect(formatTarget({ scheme: "tcp", hostname: "::1", port: 5 })).toBe("tcp://[::1]:5");
  expect(formatTarget({ scheme: "unix", path: "/s" })).toBe("unix:/s");
});

test("a chunk is the handler's own memory: later ones do not change it", async () => {
  const target = await listen((socket) => {
    socket.on("data", () => socket.write("b".repeat(1000)));
    socket.write("a".repeat(1000));
  });
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve) => {
    const connection = dialTcp(
      target,
      {
        opened() {},
        data(chunk) {
          chunks.push(chunk);
          if (chunks.length === 1) connection.write(Uint8Array.of(1));
          else connection.terminate();
        },
        drained() {},
        ended() {},
        closed: () => resolve(),
      },
      { clock, connectTimeoutMs: 10_000 },
    );
  });
  expect(chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual(["a".repeat(1000), "b".repeat(1000)]);
});
