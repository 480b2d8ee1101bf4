import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import type { ListenSettings } from "../config/settings.ts";
import type { Carrier, SessionOffer } from "../session/carrier.ts";
import type { Handshake } from "../session/handshake.ts";
import type { Message } from "../session/session.ts";
import { createBunListener, type ListenerLimits } from "./bun-listener.ts";
import type { Gate, Outcome } from "./gate.ts";
import type { Listener } from "./listener.ts";

/** A session that sends back what it gets and tells what it sees. */
class EchoOffer implements SessionOffer {
  subprotocol = "";
  carrier: Carrier | undefined;
  readonly seen: string[] = [];
  onAttach: ((carrier: Carrier) => void) | undefined;
  readonly end = Promise.withResolvers<{ code: number; reason: string }>();

  attach(carrier: Carrier): void {
    this.carrier = carrier;
    this.onAttach?.(carrier);
  }
  abandon(): void {
    this.seen.push("abandoned");
  }
  message(message: Message): void {
    this.carrier?.send(message, false);
  }
  drained(): void {
    this.seen.push("drained");
  }
  pong(): void {
    this.seen.push("pong");
  }
  closed(code: number, reason: string): void {
    this.end.resolve({ code, reason });
  }
}

const listeners: Listener[] = [];
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.destroy();
});

function setUp(settings: Partial<ListenSettings> = {}, limits: Partial<ListenerLimits> = {}) {
  const state = {
    handshakes: [] as Handshake[],
    refused: [] as string[],
    bugs: [] as unknown[],
    offers: [] as EchoOffer[],
    makeOffer: () => new EchoOffer(),
    admit: undefined as ((handshake: Handshake) => Outcome | Promise<Outcome>) | undefined,
  };
  const gate: Gate = {
    admit(handshake) {
      state.handshakes.push(handshake);
      if (state.admit !== undefined) return state.admit(handshake);
      if (handshake.carrier === "http") return { kind: "response", respond: () => new Response("page") };
      const session = state.makeOffer();
      state.offers.push(session);
      return { kind: "session", session };
    },
    refuse: (refusal) => void state.refused.push(refusal.code),
    observeHandshake() {},
    reportBug: (bug) => void state.bugs.push(bug),
    nextConnectionId: () => `c-${state.handshakes.length}`,
  };
  const listener = createBunListener({
    settings: {
      secure: false,
      hostname: "127.0.0.1",
      port: 0,
      certificates: [],
      drafts: false,
      compression: false,
      ...settings,
    },
    gate,
    trustProxy: () => false,
    limits: () => ({
      messageMaxBytes: 1000,
      backpressureMaxBytes: 1 << 20,
      requestBodyMaxBytes: 1000,
      handshakeTimeoutMs: 10_000,
      ...limits,
    }),
    nowMs: () => performance.now(),
  });
  listeners.push(listener);
  return { listener, state, port: Number(new URL(listener.url).port) };
}

/** Writes bytes and gives what came back when the server has ended, or when `isEnough`. */
function talk(
  port: number,
  text: string,
  isEnough: (answer: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (isEnough(answer)) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

const upgrade = (more = "") =>
  "GET /x?q=1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`;
const untilHead = (answer: string) => answer.includes("\r\n\r\n");

async function openSocket(port: number, protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/x`, protocols);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return socket;
}

const nextMessage = (socket: WebSocket) =>
  new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(data);
  });
const closeOf = (socket: WebSocket) =>
  new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });

describe("a listener", () => {
  test("answers the handshake of RFC 6455 §1.3 and shows the gate what was asked", async () => {
    const { port, state } = setUp();
    const answer = await talk(port, upgrade("Origin: http://o.example\r\n"), untilHead);
    expect(answer).toStartWith("HTTP/1.1 101 ");
    expect(answer).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    expect(state.handshakes[0]).toMatchObject({
      carrier: "websocket",
      path: "/x",
      query: "q=1",
      host: "localhost",
      origin: "http://o.example",
      address: "127.0.0.1",
    });
  });

  test("agrees to the chosen subprotocol, and to none when none was chosen, whatever is offered", async () => {
    const { port, state } = setUp();
    state.makeOffer = () => Object.assign(new EchoOffer(), { subprotocol: "b" });
    const chosen = await talk(port, upgrade("Sec-WebSocket-Protocol: a, b\r\n"), untilHead);
    expect(chosen.toLowerCase()).toContain("sec-websocket-protocol: b\r\n");
    state.makeOffer = () => new EchoOffer();
    const none = await talk(port, upgrade("Sec-WebSocket-Protocol: a, b\r\n"), untilHead);
    expect(none).toStartWith("HTTP/1.1 101 ");
    expect(none.toLowerCase()).not.toContain("sec-websocket-protocol");
  });

  test("carries text as text and bytes as bytes, empty ones too", async () => {
    const socket = await openSocket(setUp().port);
    for (const message of ["hä😀", ""]) {
      socket.send(message);
      expect(await nextMessage(socket)).toBe(message);
    }
    socket.send(Uint8Array.of(0, 255));
    expect(await nextMessage(socket)).toEqual(Uint8Array.of(0, 255).buffer);
  });

  test.each([
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"],
    ["a malformed Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400"],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", "400"],
    ["version 8", upgrade().replace("Version: 13", "Version: 8"), "426"],
    ["no Connection", upgrade().replace("Connection: Upgrade\r\n", ""), "400"],
    ["a header of 20 KB", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, "431"],
    ["300 header lines", `GET / HTTP/1.1\r\nHost: a\r\n${"X: 1\r\n".repeat(300)}\r\n`, "431"],
    ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00", ""],
  ])("refuses %s, closes, and goes on", async (_name, text, status) => {
    const { port, state } = setUp();
    const answer = await talk(port, text, (seen) => status === "" && seen !== "");
    if (status !== "") expect(answer).toStartWith(`HTTP/1.1 ${status} `);
    expect(state.bugs).toEqual([]);
    expect(await talk(port, upgrade(), untilHead)).toStartWith("HTTP/1.1 101 ");
  });

  test("answers 500 to a bug behind the gate, without a word of it", async () => {
    const { port, state } = setUp();
    state.admit = () => {
      throw new Error("secret");
    };
    const answer = await talk(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(answer).toStartWith("HTTP/1.1 500 ");
    expect(answer).not.toContain("secret");
    expect(state.bugs).toHaveLength(1);
  });

  test("abandons a session whose client left while the service was being asked", async () => {
    const { port, state } = setUp();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Outcome>();
    state.admit = () => {
      asked.resolve();
      return answer.promise;
    };
    const socket = connect(port, "127.0.0.1", () => socket.write(upgrade()));
    socket.on("error", () => {});
    await asked.promise;
    socket.destroy();
    const offer = new EchoOffer();
    const isOver = () => offer.seen.includes("abandoned") || offer.carrier !== undefined;
    // Whether the host has noticed by now is its own affair; either way the session must end.
    answer.resolve({ kind: "session", session: offer });
    while (!isOver()) await new Promise((resolve) => setImmediate(resolve));
    if (offer.carrier !== undefined) expect((await offer.end.promise).code).toBe(1006);
  });

  test("passes close codes and reasons both ways", async () => {
    const { port, state } = setUp();
    const leaving = await openSocket(port);
    leaving.close(4001, "bye");
    expect(await state.offers[0]?.end.promise).toEqual({ code: 4001, reason: "bye" });
    const told = await openSocket(port);
    state.offers[1]?.carrier?.close(1014, "The back end refused the connection.");
    expect(await closeOf(told)).toEqual({ code: 1014, reason: "The back end refused the connection." });
    const bare = await openSocket(port);
    state.offers[2]?.carrier?.close(1005, "");
    expect(await closeOf(bare)).toEqual({ code: 1005, reason: "" });
  });

  test("takes a message of the largest size and closes with 1009 one byte later", async () => {
    const { port, state } = setUp({}, { messageMaxBytes: 100 });
    const socket = await openSocket(port);
    socket.send(new Uint8Array(100));
    expect(await nextMessage(socket)).toEqual(new Uint8Array(100).buffer);
    socket.send(new Uint8Array(101));
    expect((await closeOf(socket)).code).toBe(1009);
    await state.offers[0]?.end.promise;
  });

  test("hears pongs", async () => {
    const { port, state } = setUp();
    const socket = await openSocket(port);
    state.offers[0]?.carrier?.ping();
    socket.send("x");
    await nextMessage(socket);
    expect(state.offers[0]?.seen).toContain("pong");
  });

  test("reads nothing while paused, and everything after it", async () => {
    const { port, state } = setUp();
    const socket = await openSocket(port);
    const carrier = state.offers[0]?.carrier;
    carrier?.pause();
    socket.send("later");
    let isEarly = false;
    const answer = nextMessage(socket).then((data) => {
      isEarly = true;
      return data;
    });
    // A page on the same listener shows that time has passed for the server.
    await fetch(`http://127.0.0.1:${port}/`);
    expect(isEarly).toBe(false);
    carrier?.resume();
    expect(await answer).toBe("later");
  });

  test("says when there is no room, and when there is again", async () => {
    const { port, state } = setUp({}, { backpressureMaxBytes: 64 << 20 });
    const socket = connect(port, "127.0.0.1", () => socket.write(upgrade()));
    await new Promise((resolve) => socket.once("data", resolve));
    socket.pause();
    const offer = state.offers[0];
    const chunk = new Uint8Array(1 << 20);
    let sent = 0;
    while (offer?.carrier?.send(chunk, false) === true) sent++;
    expect(sent).toBeLessThan(64);
    expect(offer?.carrier?.bufferedBytes).toBeGreaterThan(0);
    expect(offer?.seen).toEqual([]);
    socket.resume();
    while (offer?.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(offer?.carrier?.bufferedBytes).toBe(0);
    socket.destroy();
  });
});

describe("a listener that closes and opens again", () => {
  test("keeps its sessions, its port and its topics", async () => {
    const { port, listener, state } = setUp();
    state.makeOffer = () =>
      Object.assign(new EchoOffer(), { onAttach: (carrier: Carrier) => carrier.subscribe("t") });
    const old = await openSocket(port);
    listener.pause();
    expect(listener.state).toBe("paused");
    expect(await talk(port, upgrade())).toBe("");
    old.send("still here");
    expect(await nextMessage(old)).toBe("still here");
    listener.resume();
    expect([listener.state, Number(new URL(listener.url).port)]).toEqual(["listening", port]);
    const fresh = await openSocket(port);
    const both = Promise.all([nextMessage(old), nextMessage(fresh)]);
    listener.publish("t", "news", false);
    expect(await both).toEqual(["news", "news"]);
  });

  test("is closed for good by close, with its sessions going on", async () => {
    const { port, listener } = setUp();
    const socket = await openSocket(port);
    listener.close();
    listener.resume();
    expect(listener.state).toBe("closed");
    expect(await talk(port, upgrade())).toBe("");
    socket.send("x");
    expect(await nextMessage(socket)).toBe("x");
  });
});

test("a taken port is the world's failure", () => {
  const { port } = setUp();
  let error: unknown;
  try {
    setUp({ port });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "EADDRINUSE" });
});

test("localhost is both loopback addresses where there are both (RFC 6761 §6.3)", async () => {
  const { port } = setUp({ hostname: "localhost" });
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("page");
  const hasIpv6 = await fetch(`http://[::1]:${port}/`).then(
    () => true,
    () => false,
  );
  const couldHave = (() => {
    try {
      void Bun.listen({ hostname: "::1", port: 0, socket: { data() {} } }).stop(true);
      return true;
    } catch {
      return false;
    }
  })();
  expect(hasIpv6).toBe(couldHave);
});

describe("TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-tls-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);
  const make = (name: string) =>
    spawnSync("openssl", [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}.example`],
      ...["-keyout", file(`${name}.key`), "-out", file(`${name}.crt`)],
    ]);
  const pair = (name: string) => ({ certificate: file(`${name}.crt`), key: file(`${name}.key`), names: [] });
  const nameServed = (port: number, servername: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls({ port, host: "127.0.0.1", servername, rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on("error", reject);
    });

  test("serves certificates by name, takes changed files over, and keeps the old ones when the new are bad", async () => {
    for (const name of ["one", "two", "three"]) make(name);
    const { listener } = setUp({ secure: true, certificates: [pair("one"), pair("two")] });
    const port = Number(new URL(listener.url).port);
    expect(await nameServed(port, "one.example")).toBe("one");
    expect(await nameServed(port, "two.example")).toBe("two");
    expect(await nameServed(port, "other.example")).toBe("one");
    expect(listener.reloadCertificates()).toBe(false);
    copyFileSync(file("three.crt"), file("one.crt"));
    expect(() => listener.reloadCertificates()).toThrow("is not the key of");
    expect(await nameServed(port, "other.example")).toBe("one");
    copyFileSync(file("three.key"), file("one.key"));
    // Half a chain, as a renewal leaves it for a moment: good enough for the first look, not for the host.
    const whole = readFileSync(file("three.crt"), "utf8");
    writeFileSync(file("one.crt"), `${whole}-----BEGIN CERTIFICATE-----\nMIIB`);
    expect(() => listener.reloadCertificates()).toThrow("does not take");
    expect(await nameServed(port, "other.example")).toBe("one");
    writeFileSync(file("one.crt"), whole);
    expect(listener.reloadCertificates()).toBe(true);
    expect(await nameServed(port, "three.example")).toBe("three");
    expect(await nameServed(port, "two.example")).toBe("two");
  });

  test.each(["TLSv1", "TLSv1.1"] as const)("refuses %s (RFC 8996)", async (version) => {
    make("old");
    const { listener } = setUp({ secure: true, certificates: [pair("old")] });
    const refused = await new Promise<boolean>((resolve) => {
      const options = {
        host: "127.0.0.1",
        port: Number(new URL(listener.url).port),
        rejectUnauthorized: false,
      };
      const socket = connectTls({ ...options, minVersion: version, maxVersion: version }, () =>
        resolve(false),
      );
      socket.on("error", () => resolve(true));
    });
    expect(refused).toBe(true);
  });
});
