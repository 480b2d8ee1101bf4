import { afterEach, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import type { Failure } from "../failure.ts";
import { bindUdp, isMulticast, type UdpReceiver, type UdpTarget } from "./udp.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const LOOPBACK =
  Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.[0]?.internal)?.[0] ?? "lo";

interface Bound {
  readonly port: number;
  readonly receiver: UdpReceiver;
  next(): Promise<Buffer>;
}

/** Binds and waits until it is open; rejects with the failure. */
function bind(target: UdpTarget): Promise<Bound> {
  const received: Buffer[] = [];
  const waiting: ((bytes: Buffer) => void)[] = [];
  return new Promise((resolve, reject) => {
    const receiver = bindUdp(target, {
      opened: (port) => resolve({ port, receiver, next }),
      datagram(bytes) {
        const kept = Buffer.from(bytes);
        const waiter = waiting.shift();
        if (waiter === undefined) received.push(kept);
        else waiter(kept);
      },
      closed: (failure) => reject(failure),
    });
    open.push(receiver);
  });
  function next(): Promise<Buffer> {
    const bytes = received.shift();
    return bytes === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(bytes);
  }
}

function sender(): Promise<Socket> {
  const socket = createSocket("udp4");
  open.push(socket);
  return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(socket)));
}

async function failureOf(target: UdpTarget): Promise<Failure> {
  return bind(target).then(
    () => expect.unreachable("it was bound"),
    (failure: Failure) => failure,
  );
}

describe("a UDP receiver", () => {
  test("gives each datagram as it was sent, an empty one and the largest one too", async () => {
    const bound = await bind({ hostname: "127.0.0.1", port: 0 });
    const socket = await sender();
    for (const size of [3, 0, 65_507]) {
      socket.send(Buffer.alloc(size, 7), bound.port, "127.0.0.1");
      expect(await bound.next()).toEqual(Buffer.alloc(size, 7));
    }
  });

  test("says so when its port is taken", async () => {
    const { port } = await bind({ hostname: "127.0.0.1", port: 0 });
    const failure = await failureOf({ hostname: "127.0.0.1", port });
    expect(failure.code).toBe("backend.unreachable");
    expect(failure.detail).toBe(`udp://127.0.0.1:${port}: EADDRINUSE`);
  });

  test("says so when the address is not one of this host", async () => {
    expect((await failureOf({ hostname: "203.0.113.9", port: 0 })).detail).toContain("EADDRNOTAVAIL");
  });

  test("receives on IPv6", async () => {
    const bound = await bind({ hostname: "::1", port: 0 });
    const socket = createSocket("udp6");
    open.push(socket);
    socket.send("six", bound.port, "::1");
    expect((await bound.next()).toString()).toBe("six");
  });

  test("ends once, without a failure, when it is closed", async () => {
    const ends: unknown[] = [];
    await new Promise<void>((resolve) => {
      const receiver = bindUdp(
        { hostname: "127.0.0.1", port: 0 },
        { opened: () => resolve(receiver.close()), datagram() {}, closed: (failure) => ends.push(failure) },
      );
      open.push(receiver);
    });
    expect(ends).toEqual([undefined]);
  });
});

describe("a multicast receiver", () => {
  const group = "239.255.77.1";

  for (const where of ["127.0.0.1", LOOPBACK]) {
    test(`joins the group on the interface \`${where}\`, beside another receiver of the same port`, async () => {
      const first = await bind({ hostname: group, port: 0, interface: where });
      const second = await bind({ hostname: group, port: first.port, interface: where });
      const socket = await sender();
      socket.setMulticastInterface("127.0.0.1");
      socket.send("all", first.port, group);
      expect((await first.next()).toString()).toBe("all");
      expect((await second.next()).toString()).toBe("all");
    });
  }

  test("refuses an interface that this host does not have, which the system would take for another", async () => {
    const failure = await failureOf({ hostname: group, port: 0, interface: "nosuch0" });
    expect(failure.code).toBe("backend.unreachable");
    expect(failure.detail).toBe(`udp://${group}:0: no interface \`nosuch0\``);
    expect((await failureOf({ hostname: "ff15::77", port: 0, interface: "nosuch0" })).code).toBe(
      "backend.unreachable",
    );
  });
});

test("224.0.0.0/4 and ff00::/8 are groups, their neighbours are not (RFC 5771, RFC 4291 §2.7)", () => {
  for (const address of ["224.0.0.1", "239.255.255.255", "ff02::1", "FF15::2"])
    expect(isMulticast(address)).toBe(true);
  for (const address of ["223.255.255.255", "240.0.0.1", "127.0.0.1", "fe80::1", "::1"]) {
    expect(isMulticast(address)).toBe(false);
  }
});
