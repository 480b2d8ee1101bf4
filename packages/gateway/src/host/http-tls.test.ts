import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createPlainServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { Failure } from "../failure.ts";
import { FakeClock } from "./fake-clock.ts";
import { createHttpClient } from "./http.ts";
import type { HttpOrigin } from "./http-exchange.ts";

let folder = "";
let ca = "";
let server: Server;
let port = 0;
/** Names that clients asked for, and the Host fields that they sent. */
const asked: string[] = [];
const hosts: string[] = [];

const portOf = (one: Server) => {
  const address = one.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
};
const listen = (one: Server) => new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "http-tls-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:back.example"],
    ...["-keyout", key, "-out", certificate],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  ca = readFileSync(certificate, "utf8");
  server = createServer(
    {
      key: readFileSync(key),
      cert: ca,
      SNICallback: (name, settle) => {
        asked.push(name);
        settle(null);
      },
    },
    (socket) => {
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        hosts.push(/^host: (.*)\r$/im.exec(chunk.toString())?.[1] ?? "");
        socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
      });
    },
  );
  server.on("tlsClientError", () => {});
  await listen(server);
  port = portOf(server);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function ask(tls: HttpOrigin["tls"], hostname = "localhost", toPort = port, host = "public.example") {
  const client = createHttpClient({
    origin: { scheme: "https", hostname, port: toPort, tls },
    clock: new FakeClock(),
    connectTimeoutMs: 1000,
    responseTimeoutMs: 1000,
    pendingConnectsMax: 10,
  });
  asked.length = 0;
  hosts.length = 0;
  const observer = { connected() {}, sent() {}, received() {}, ended() {} };
  const { signal } = new AbortController();
  try {
    const answer = await client.call({
      method: "GET",
      target: "/",
      fields: [["Host", host]],
      content: undefined,
      signal,
      observer,
    });
    return await new Response(answer?.content ?? null).text();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  } finally {
    client.close();
  }
}

describe("an https back end", () => {
  test("is verified against the authorities and the name of its address, not against the Host field", async () => {
    expect(await ask({ verify: true, ca })).toBe("hi");
    expect([asked, hosts]).toEqual([["localhost"], ["public.example"]]);
    // By its number it would be another: the certificate has names only, and the Host field must not help.
    expect(await ask({ verify: true, ca }, "127.0.0.1", port, "localhost")).toBe("backend.tls");
  });

  test("whose authority is unknown is refused", async () => {
    expect(await ask({ verify: true })).toBe("backend.tls");
  });

  test("is asked for, and verified against, another name where one is set", async () => {
    expect(await ask({ verify: true, ca, serverName: "back.example" }, "127.0.0.1")).toBe("hi");
    expect(asked).toEqual(["back.example"]);
    expect(await ask({ verify: true, ca, serverName: "other.example" })).toBe("backend.tls");
  });

  test("is taken as it is where that is wanted", async () => {
    expect(await ask({ verify: false }, "127.0.0.1")).toBe("hi");
  });

  test("that speaks no TLS, or hangs up, fails as TLS", async () => {
    for (const answer of ["HTTP/1.1 400 Bad Request\r\n\r\n", ""]) {
      const plain = createPlainServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.end(answer));
      });
      await listen(plain);
      expect(await ask({ verify: true, ca }, "localhost", portOf(plain))).toBe("backend.tls");
      plain.close();
    }
  });
});
