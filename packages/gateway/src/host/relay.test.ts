import { afterEach, describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import type { Socket, TCPSocketListener } from "bun";
import { FakeClock } from "./fake-clock.ts";
import type { Passage, Passed } from "./passage.ts";
import { openRelay, type Relay, type RelayOptions } from "./relay.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** What has come out of a socket, and how it ended. */
class Peer {
  received = Buffer.alloc(0);
  receivedBytes = 0;
  keepsBytes = true;
  socket: Socket<Peer> | undefined;
  hasEnded = false;
  isClosed = false;
  /** Called at every event. */
  #waiters: (() => void)[] = [];
  drains = 0;

  static readonly handler = {
    open(socket: Socket<Peer>) {
      socket.data.socket = socket;
      socket.data.#wake();
    },
    data(socket: Socket<Peer>, chunk: Buffer) {
      const peer = socket.data;
      peer.receivedBytes += chunk.length;
      if (peer.keepsBytes) peer.received = Buffer.concat([peer.received, chunk]);
      peer.#wake();
    },
    drain(socket: Socket<Peer>) {
      socket.data.drains++;
      socket.data.#wake();
    },
    end(socket: Socket<Peer>) {
      socket.data.hasEnded = true;
      socket.data.#wake();
    },
    close(socket: Socket<Peer>) {
      socket.data.isClosed = true;
      socket.data.#wake();
    },
  };

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  text(): string {
    return this.received.toString("latin1");
  }

  write(text: string): void {
    this.socket?.write(text);
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

const toStop: (() => void)[] = [];
afterEach(() => {
  for (const stop of toStop.splice(0)) stop();
});

function listenTarget(): { port: number; accepted: Peer[]; next: () => Promise<Peer> } {
  const accepted: Peer[] = [];
  const waiting: ((peer: Peer) => void)[] = [];
  const listener: TCPSocketListener<Peer> = Bun.listen<Peer>({
    hostname: "127.0.0.1",
    port: 0,
    allowHalfOpen: true,
    socket: {
      ...Peer.handler,
      open(socket) {
        socket.data = new Peer();
        Peer.handler.open(socket);
        accepted.push(socket.data);
        waiting.shift()?.(socket.data);
      },
    },
  });
  toStop.push(() => listener.stop(true));
  return { port: listener.port, accepted, next: () => new Promise((resolve) => waiting.push(resolve)) };
}

async function connect(port: number, hostname = "127.0.0.1"): Promise<Peer> {
  const peer = new Peer();
  await Bun.connect<Peer>({
    hostname,
    port,
    allowHalfOpen: true,
    data: peer,
    socket: Peer.handler,
  });
  toStop.push(() => peer.socket?.terminate());
  return peer;
}

interface Recorded {
  passages: (Passage & { failure: unknown; closes: number })[];
  /** Resolves when a passage closes. */
  nextClose: () => Promise<void>;
  bugs: unknown[];
  clock: FakeClock;
  relay: Relay;
}

/** A relay that passes everything on, unless the test's policy says otherwise. */
function open(
  targetPort: number,
  policy: Partial<Passage> = {},
  options: Partial<RelayOptions> = {},
): Recorded {
  const clock = new FakeClock();
  const passages: Recorded["passages"] = [];
  const bugs: unknown[] = [];
  const closeWaiters: (() => void)[] = [];
  const nextClose = () => new Promise<void>((resolve) => closeWaiters.push(resolve));
  const pass = (chunk: Uint8Array): Passed => ({
    kind: "pass",
    target: { scheme: "tcp", hostname: "127.0.0.1", port: targetPort },
    bytes: [chunk],
  });
  const relay = openRelay({
    hostname: "127.0.0.1",
    port: 0,
    clock,
    connectionsMax: 8,
    connectionsPerAddressMax: 8,
    firstPassTimeoutMs: 10_000,
    idleTimeoutMs: 60_000,
    connectTimeoutMs: 5_000,
    open() {
      const passage = {
        failure: undefined as unknown,
        closes: 0,
        receive: policy.receive ?? pass,
        answer: policy.answer ?? ((): Passed => ({ kind: "hold" })),
        closed(failure: unknown) {
          passage.failure = failure;
          passage.closes++;
          closeWaiters.shift()?.();
        },
      };
      passages.push(passage);
      return passage;
    },
    onBug: (bug) => bugs.push(bug),
    ...options,
  });
  toStop.push(() => relay.destroy());
  return { clock, passages, nextClose, bugs, relay };
}

describe("a relay", () => {
  test("moves bytes both ways and both ends", async () => {
    const target = listenTarget();
    const { relay, passages, nextClose } = open(target.port);
    const closed = nextClose();
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("ping");
    const server = await accepted;
    await server.until(() => server.text() === "ping");
    server.write("pong");
    await client.until(() => client.text() === "pong");
    client.socket?.shutdown();
    await server.until(() => server.hasEnded);
    expect(client.isClosed).toBe(false);
    server.write("late");
    server.socket?.shutdown();
    await client.until(() => client.isClosed);
    expect(client.text()).toBe("ponglate");
    await closed;
    expect([relay.connections, passages[0]?.closes, passages[0]?.failure]).toEqual([0, 1, undefined]);
  });

  test("listens on both addresses that localhost has", async () => {
    const { relay } = open(1, { receive: () => ({ kind: "hold" }) }, { hostname: "localhost" });
    // A machine without IPv6 has one of them.
    const loopbacks = Object.values(networkInterfaces()).flatMap((entries) =>
      (entries ?? []).filter(({ address }) => address === "127.0.0.1" || address === "::1"),
    );
    expect(loopbacks.length).toBeGreaterThan(0);
    for (const { address } of loopbacks) await connect(relay.port, address);
    await connect(relay.port);
    expect(relay.connections).toBeGreaterThanOrEqual(loopbacks.length);
  });

  test("stops reading the target when the client does not read, and loses nothing", async () => {
    const target = listenTarget();
    const { relay } = open(target.port);
    const accepted = target.next();
    const client = await connect(relay.port);
    client.keepsBytes = false;
    client.write("x");
    const server = await accepted;
    client.socket?.pause();
    const total = 32 * 1024 * 1024;
    const block = new Uint8Array(256 * 1024);
    let written = 0;
    const fill = (): void => {
      while (written < total) {
        const taken = server.socket?.write(block.subarray(0, Math.min(block.length, total - written))) ?? 0;
        written += Math.max(0, taken);
        if (taken < block.length) return;
      }
    };
    // Until the kernel has taken nothing more for several turns of the relay.
    for (let stuck = 0; stuck < 20; ) {
      const before = written;
      fill();
      stuck = written === before ? stuck + 1 : 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(total / 2);
    client.socket?.resume();
    while (written < total) {
      const drains = server.drains;
      fill();
      if (written < total) await server.until(() => server.drains > drains);
    }
    await client.until(() => client.receivedBytes === total);
  });

  test("stops reading the client when the target does not read, and loses nothing", async () => {
    const target = listenTarget();
    const { relay } = open(target.port);
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("x");
    const server = await accepted;
    server.keepsBytes = false;
    server.socket?.pause();
    const total = 32 * 1024 * 1024;
    const block = new Uint8Array(256 * 1024);
    let written = 1;
    const fill = (): void => {
      while (written < total) {
        const taken = client.socket?.write(block.subarray(0, Math.min(block.length, total - written))) ?? 0;
        written += Math.max(0, taken);
        if (taken < block.length) return;
      }
    };
    for (let stuck = 0; stuck < 20; ) {
      const before = written;
      fill();
      stuck = written === before ? stuck + 1 : 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(total / 2);
    server.socket?.resume();
    while (written < total) {
      const drains = client.drains;
      fill();
      if (written < total) await client.until(() => client.drains > drains);
    }
    await server.until(() => server.receivedBytes === total);
  });

  test("gives the client an answer and the end when its policy refuses, and connects to nothing", async () => {
    const target = listenTarget();
    const { relay, nextClose } = open(target.port, {
      receive: () => ({ kind: "refuse", answer: encode("no") }),
    });
    const closed = nextClose();
    const client = await connect(relay.port);
    client.write("x");
    await client.until(() => client.hasEnded);
    expect([client.text(), target.accepted.length]).toEqual(["no", 0]);
    client.socket?.end();
    await closed;
    expect(relay.connections).toBe(0);
  });

  test("refuses in the middle of an exchange too, and cuts the target", async () => {
    const target = listenTarget();
    let calls = 0;
    const { relay } = open(target.port, {
      receive: (chunk) =>
        ++calls === 1
          ? {
              kind: "pass",
              target: { scheme: "tcp", hostname: "127.0.0.1", port: target.port },
              bytes: [chunk],
            }
          : { kind: "refuse", answer: encode("no") },
    });
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("a");
    const server = await accepted;
    await server.until(() => server.text() === "a");
    client.write("b");
    await client.until(() => client.hasEnded);
    await server.until(() => server.isClosed);
    expect([client.text(), server.text()]).toEqual(["no", "a"]);
  });

  test("passes client bytes on that an answer releases", async () => {
    const target = listenTarget();
    const to = { scheme: "tcp", hostname: "127.0.0.1", port: target.port } as const;
    const { relay } = open(target.port, {
      answer: () => ({ kind: "pass", target: to, bytes: [encode("released")] }),
    });
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("a");
    const server = await accepted;
    server.write("b");
    await server.until(() => server.text() === "areleased");
    await client.until(() => client.text() === "b");
  });

  test("cuts connections beyond the limit, and takes one again when one has left", async () => {
    const { relay, nextClose } = open(1, { receive: () => ({ kind: "hold" }) }, { connectionsMax: 2 });
    const first = await connect(relay.port);
    const second = await connect(relay.port);
    const third = await connect(relay.port);
    await third.until(() => third.isClosed);
    expect([first.isClosed, second.isClosed, relay.connections]).toEqual([false, false, 2]);
    const left = nextClose();
    first.socket?.end();
    await left;
    const fourth = await connect(relay.port);
    const fifth = await connect(relay.port);
    await fifth.until(() => fifth.isClosed);
    expect(fourth.isClosed).toBe(false);
  });

  test("cuts connections beyond the limit for one address", async () => {
    const { relay } = open(1, { receive: () => ({ kind: "hold" }) }, { connectionsPerAddressMax: 1 });
    const first = await connect(relay.port);
    const second = await connect(relay.port);
    await second.until(() => second.isClosed);
    expect([first.isClosed, relay.connections]).toEqual([false, 1]);
  });

  test("cuts a client of which nothing may pass, at its deadline", async () => {
    const { relay, clock } = open(1, { receive: () => ({ kind: "hold" }) });
    const client = await connect(relay.port);
    client.write("GET");
    const other = await connect(relay.port);
    clock.advance(9000);
    expect(relay.connections).toBe(2);
    clock.advance(1000);
    await client.until(() => client.isClosed);
    await other.until(() => other.isClosed);
    expect(relay.connections).toBe(0);
  });

  test("cuts both sides when neither has said anything for the idle timeout", async () => {
    const target = listenTarget();
    const { relay, clock } = open(target.port);
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("a");
    const server = await accepted;
    await server.until(() => server.text() === "a");
    clock.advance(50_000);
    server.write("b");
    await client.until(() => client.text() === "b");
    clock.advance(59_000);
    expect(relay.connections).toBe(1);
    clock.advance(1000);
    await client.until(() => client.isClosed);
    await server.until(() => server.isClosed);
  });

  test("ends a client whose target cannot be reached, and tells its policy why", async () => {
    const target = listenTarget();
    const port = target.port;
    for (const stop of toStop.splice(0)) stop();
    const { relay, passages, nextClose } = open(port);
    const closed = nextClose();
    const client = await connect(relay.port);
    client.write("a");
    await client.until(() => client.hasEnded);
    client.socket?.end();
    await closed;
    expect(passages[0]?.failure).toMatchObject({ code: "backend.refused" });
  });

  test("waits 5 s for the client's end after the target's, then cuts", async () => {
    const target = listenTarget();
    const { relay, clock } = open(target.port);
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("a");
    const server = await accepted;
    server.socket?.end();
    await client.until(() => client.hasEnded);
    clock.advance(4000);
    expect(relay.connections).toBe(1);
    clock.advance(1000);
    expect(relay.connections).toBe(0);
  });

  test("stopped, it takes nobody new, cuts who waits, and lets go on who has a target", async () => {
    const target = listenTarget();
    const { relay, clock } = open(target.port);
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("a");
    const server = await accepted;
    await server.until(() => server.text() === "a");
    const waiting = await connect(relay.port);
    const again = await connect(relay.port);
    relay.stop();
    await waiting.until(() => waiting.isClosed);
    await again.until(() => again.isClosed);
    expect(connect(relay.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    server.write("b");
    await client.until(() => client.text() === "b");
    expect(clock.pendingTimers).toBe(1);
    relay.destroy();
    await client.until(() => client.isClosed);
    expect([relay.connections, clock.pendingTimers]).toEqual([0, 0]);
  });

  test("reports a bug of its policy and cuts that connection alone", async () => {
    const target = listenTarget();
    const bug = new Error("bug");
    let calls = 0;
    const { relay, bugs } = open(target.port, {
      receive(chunk) {
        if (++calls === 1) throw bug;
        return {
          kind: "pass",
          target: { scheme: "tcp", hostname: "127.0.0.1", port: target.port },
          bytes: [chunk],
        };
      },
    });
    const broken = await connect(relay.port);
    broken.write("a");
    await broken.until(() => broken.isClosed);
    expect(bugs).toEqual([bug]);
    const accepted = target.next();
    const client = await connect(relay.port);
    client.write("b");
    const server = await accepted;
    await server.until(() => server.text() === "b");
  });
});
