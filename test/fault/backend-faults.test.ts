// What clients, the log and other connections see when a back end fails in each of the ways that back ends fail.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";

/** A TCP echo server in a process of its own, so that it can be killed. */
const ECHO_SERVER = `
const server = require("node:net").createServer((socket) => { socket.on("error", () => {}); socket.pipe(socket); });
server.listen(Number(process.argv[1] ?? 0), "127.0.0.1", () => console.log(server.address().port));
`;

interface EchoServer {
  readonly port: number;
  readonly process: ChildProcess;
}

async function startEchoServer(port = 0): Promise<EchoServer> {
  const child = spawn("node", ["-e", ECHO_SERVER, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data))),
  );
  return { port: Number(line), process: child };
}

async function kill(server: EchoServer): Promise<void> {
  const gone = new Promise((resolve) => server.process.once("exit", resolve));
  server.process.kill("SIGKILL");
  await gone;
}

const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
let gateway: GatewayFixture;
let echoServer: EchoServer;
let refusedPort = 0;

beforeAll(async () => {
  echoServer = await startEchoServer();
  const refused = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  refusedPort = refused.port;
  refused.stop(true);
  gateway = await startGateway(`
listen: [http://localhost:0]
admin: http://127.0.0.1:0
services:
  /echo: { type: echo }
  /alive: { type: tcp, connect: tcp://127.0.0.1:${echoServer.port} }
  /refused: { type: tcp, connect: tcp://127.0.0.1:${refusedPort} }
  /unresolved: { type: tcp, connect: tcp://no-such-host.invalid:1 }
  /silent: { type: tcp, connect: tcp://127.0.0.1:${silent.port}, firstByteTimeout: 300ms }
  /no-tls: { type: tcp, connect: tls://127.0.0.1:${echoServer.port} }
  /late: { type: tcp, connect: tls://127.0.0.1:${silent.port}, connectTimeout: 300ms }
`);
});
afterAll(async () => {
  await gateway.stop();
  silent.stop(true);
  await kill(echoServer);
});

const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function open(path: string): Promise<WebSocket> {
  const socket = new WebSocket(gateway.url(path));
  socket.binaryType = "arraybuffer";
  sockets.push(socket);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return socket;
}

const closeOf = (socket: WebSocket) =>
  new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });

async function echoes(socket: WebSocket, text: string): Promise<void> {
  const answer = new Promise<string>((resolve) => {
    socket.onmessage = ({ data }) => resolve(typeof data === "string" ? data : Buffer.from(data).toString());
  });
  socket.send(text);
  expect(await answer).toBe(text);
}

/** The line that tells why a connection ended; lines come a little after what they tell. */
async function logLine(reason: string): Promise<Record<string, unknown>> {
  for (;;) {
    const found = gateway.log().find((line) => line.reason === reason && line.claimed !== true);
    if (found !== undefined) return found;
    await fetch(`${gateway.adminUrl}/healthz`);
  }
}

describe("a back end that fails", () => {
  test.each([
    ["/refused", "backend.refused", "The back end refused the connection.", "ECONNREFUSED"],
    ["/unresolved", "backend.unresolved", "The back end's name could not be resolved.", "ENOTFOUND"],
    [
      "/silent",
      "backend.silent",
      "The back end took the connection and said nothing.",
      "no byte within 300 ms",
    ],
    [
      "/no-tls",
      "backend.tls",
      "The back end's certificate or TLS handshake was not acceptable.",
      "tls://127.0.0.1",
    ],
    ["/late", "backend.timeout", "The back end did not answer in time.", "no connection after 300 ms"],
  ])(
    "at %s gives 1014 with its reason, the log the cause, and others nothing",
    async (path, code, reason, cause) => {
      const bystanders = [await open("/echo"), await open("/alive")];
      const socket = await open(path);
      const closed = closeOf(socket);
      socket.send("hello");
      expect(await closed).toEqual({ code: 1014, reason });
      expect(String((await logLine(code)).detail)).toContain(cause);
      for (const bystander of bystanders) await echoes(bystander, "still here");
    },
  );

  test("by kill -9 ends its clients with a defined code and nobody else, and serves again when it is back", async () => {
    const bystander = await open("/echo");
    const victims = [await open("/alive"), await open("/alive")];
    for (const victim of victims) await echoes(victim, "before");
    const ends = victims.map(closeOf);
    await kill(echoServer);
    for (const end of await Promise.all(ends)) expect([1000, 1014]).toContain(end.code);
    await echoes(bystander, "still here");
    const early = await open("/alive");
    expect((await closeOf(early)).code).toBe(1014);
    echoServer = await startEchoServer(echoServer.port);
    await echoes(await open("/alive"), "after");
  });

  test("is counted by its code", async () => {
    const socket = await open("/refused");
    await closeOf(socket);
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^sluice_backend_failures_total\{[^}]*code="backend\.refused"[^}]*\} [1-9]/m);
  });
});
