// At the limit of file descriptors: newcomers are refused in a stated way, those who are in go on, no core spins, and
// everything is as before when descriptors are free again.
import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { startGateway } from "../fixture/gateway.ts";
import { readFigures } from "../load/figures.ts";

const LIMIT = 400;
const RESERVE = 100;

const upgrade =
  "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/** The status line, or the system's code when there was no connection. */
function tryUpgrade(port: number, sockets: Socket[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(upgrade));
    sockets.push(socket);
    socket.on("data", (data) => resolve(data.toString().split(" ")[1] ?? ""));
    socket.on("error", (error: Error & { code?: string }) => resolve(error.code ?? "error"));
    socket.on("close", () => resolve("closed"));
  });
}

test("at the limit of descriptors new clients are refused, old ones served, and it recovers without a restart", async () => {
  const gateway = await startGateway(
    `
listen: [http://127.0.0.1:0]
admin: http://127.0.0.1:0
limits: { descriptorReserve: ${RESERVE} }
services:
  /echo: { type: echo }
`,
    { descriptorLimit: LIMIT },
  );
  const old = new WebSocket(gateway.url("/echo"));
  await new Promise((resolve) => {
    old.onopen = resolve;
  });
  const echo = async (text: string): Promise<void> => {
    const answer = new Promise((resolve) => {
      old.onmessage = ({ data }) => resolve(data);
    });
    old.send(text);
    expect(await answer).toBe(text);
  };
  const sockets: Socket[] = [];
  const statuses: string[] = [];
  for (let i = 0; i < LIMIT; i++) statuses.push(await tryUpgrade(gateway.port, sockets));
  expect(new Set(statuses)).toEqual(new Set(["101", "503"]));
  await echo("old ones are served");
  // Connections that ask for nothing cannot be refused by an answer: the listener closes.
  const silent = Array.from({ length: LIMIT }, () => connect(gateway.port, "127.0.0.1"));
  for (const socket of silent) socket.on("error", () => {});
  const isPaused = () => gateway.log().some((line) => String(line.event).startsWith("accepting paused"));
  while (!isPaused()) await echo("while it fills");
  await echo("also now");
  for (const socket of [...sockets, ...silent]) socket.destroy();
  const isBack = () => gateway.log().some((line) => line.event === "accepting resumed");
  while (!isBack()) await echo("until it recovers");
  expect(await tryUpgrade(gateway.port, sockets)).toBe("101");
  expect((await readFigures(gateway)).descriptorsOpen).toBeLessThan(LIMIT / 2);
  for (const socket of sockets) socket.destroy();
  old.close();
  await gateway.stop();
}, 60_000);
