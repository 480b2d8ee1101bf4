// WebSocket clients that are not ours against the echo service: the `ws` package in Node, Java's own library, curl.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { GatewayFixture } from "../fixture/gateway.ts";
import { runNodeClient, runProgram } from "./program.ts";
import { startInteropGateway } from "./world.ts";

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startInteropGateway();
});
afterAll(() => gateway.stop());

test("the ws package: kinds of messages, the limit at its edge, pings, close codes, subprotocols", async () => {
  expect(await runNodeClient("echo", gateway.url("/echo"))).toEqual({
    text: { isBinary: false, isSame: true },
    empty: { isBinary: false, isSame: true },
    binary: { isBinary: true, isSame: true },
    largest: { isBinary: true, isSame: true },
    tooLarge: 1009,
    fragments: ["fragments ✓", false],
    pong: "are you there",
    closeCodes: [
      [1005, ""],
      [1000, "done ✓"],
      [3000, ""],
      [4999, "mine"],
    ],
    subprotocols: { none: "", first: "chat.v1", unknown: 400 },
  });
}, 20_000);

test("java.net.http.WebSocket of the JDK", async () => {
  const program = `${import.meta.dir}/client/Echo.java`;
  const output = await runProgram(["java", "-Dfile.encoding=UTF-8", program, gateway.url("/echo")]);
  expect(output.trim().split("\n")).toEqual([
    "subprotocol chat.v1",
    "text héllo ✓",
    "text fragments",
    "binary 131072",
    "pong 3",
    "close 1000 bye",
  ]);
}, 30_000);

test("curl: health, a file, 426 for a plain request, a handshake written by hand (RFC 6455 §1.3)", async () => {
  const curl = (...args: string[]) =>
    runProgram(["curl", "--silent", "--show-error", "--max-time", "10", ...args]);
  const status = ["--output", "/dev/null", "--write-out", "%{http_code}"];
  expect(await curl(...status, `${gateway.adminUrl}/healthz`)).toBe("200");
  expect(await curl(...status, `${gateway.adminUrl}/readyz`)).toBe("200");
  expect(await curl(gateway.httpUrl("/pages/sluice.yaml"))).toContain("One gateway for all interop tests");
  const refused = await curl("--include", gateway.httpUrl("/echo"));
  expect(refused).toMatch(/^HTTP\/1\.1 426 /);
  expect(refused).toMatch(/^upgrade: websocket\r$/im);
  // curl takes the 101 and then waits for the peer's bytes, of which none come: its time limit ends it with 28.
  const upgrade = Bun.spawnSync([
    ...["curl", "--silent", "--include", "--max-time", "1", "--http1.1"],
    ...["-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13"],
    ...["-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", gateway.httpUrl("/echo")],
  ]);
  expect(upgrade.exitCode).toBe(28);
  expect(upgrade.stdout.toString()).toMatch(/^HTTP\/1\.1 101 /);
  expect(upgrade.stdout.toString()).toMatch(/^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r$/im);
}, 20_000);
