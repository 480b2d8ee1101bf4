import { afterEach, describe, expect, test } from "bun:test";
import { FakeClock } from "../../host/fake-clock.ts";
import type { Relay } from "../../host/relay.ts";
import { FakeLog } from "../fake-session.ts";
import { homeOf, listenerTarget, openMeter } from "./meter.ts";
import { connectRaw, exchange, type RawClient, textFrame } from "./raw-client.ts";
import { createRunStore, type Run, startRun } from "./run-store.ts";

const toStop: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0)) await stop();
});

/** A meter in front of a server that answers every request with its path, and echoes on a WebSocket. */
function setup() {
  const clock = new FakeClock();
  const log = new FakeLog();
  let ids = 0;
  const runs = createRunStore(clock, () => String(++ids).padStart(22, "A"));
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, own) {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return own.upgrade(request) ? undefined : new Response("ok");
    },
    websocket: { message: (socket, message) => void socket.send(message) },
  });
  toStop.push(() => server.stop(true));
  const listener = `http://127.0.0.1:${server.port}`;
  const meter: Relay = openMeter({
    base: "/demo",
    runs,
    clock,
    log,
    hostname: "127.0.0.1",
    port: 0,
    listener,
  });
  toStop.push(() => meter.destroy());
  const create = (at = listener): Run =>
    runs.create({ listener: at, home: "/", unmetered: undefined }) ?? expect.unreachable("no place");
  const connect = async (): Promise<RawClient> => {
    const client = await connectRaw(`http://127.0.0.1:${meter.port}`);
    toStop.push(() => client.close());
    return client;
  };
  return { asked, create, connect, log };
}

const head = (method: string, path: string, extra = "") =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost:9\r\n${extra}\r\n`;
const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

const HOSTILE: readonly (readonly [name: string, request: (runId: string) => string, status: number])[] = [
  ["another service", () => head("GET", "/echo"), 404],
  ["another service by dots", (id) => head("GET", `/demo/r/${id}/../../../echo`), 404],
  ["the demo without a run", () => head("GET", "/demo/"), 404],
  ["a run that there is not", () => head("GET", `/demo/r/${"x".repeat(22)}/poll`), 404],
  ["a WebSocket of another service", () => head("GET", "/echo", UPGRADE), 404],
  ["what is no HTTP", () => "\x16\x03\x01\0\r\n\r\n", 400],
  [
    "a second request hidden in a body of unknown length",
    (id) =>
      `${head("POST", `/demo/r/${id}/poll`, "Transfer-Encoding: chunked\r\n")}0\r\n\r\n${head("GET", "/echo")}`,
    400,
  ],
];

describe("the meter", () => {
  test("counts each request and its answer for the technique and half that its path and method name", async () => {
    const { create, connect } = setup();
    const run = create();
    const path = `/demo/r/${run.id}`;
    const client = await connect();
    const requests = [
      ["poll", "toPage", head("GET", `${path}/poll?after=3`)],
      ["poll", "toServer", `${head("POST", `${path}/poll`, "Content-Length: 5\r\n")}hello`],
      ["long-poll", "toPage", head("GET", `${path}/long-poll`)],
      ["sse", "toServer", `${head("POST", `${path}/sse`, "Content-Length: 0\r\n")}`],
    ] as const;
    for (const [technique, half, request] of requests) {
      const response = await exchange(client, request);
      expect(response).toEndWith("ok");
      expect(run.tally.techniques[technique][half]).toMatchObject({
        up: request.length,
        down: response.length,
        requests: 1,
      });
    }
    const page = head("GET", `${path}/`);
    const answer = await exchange(client, page);
    expect(run.tally.other).toEqual({ up: page.length, down: answer.length, requests: 1 });
  });

  test("counts a WebSocket's handshake as opening and its frames as the halves", async () => {
    const { create, connect } = setup();
    const run = create();
    const client = await connect();
    const request = head("GET", `/demo/r/${run.id}/websocket`, UPGRADE);
    const answer = await exchange(client, request);
    expect(answer).toStartWith("HTTP/1.1 101 ");
    const before = client.counts.down;
    client.write(textFrame("Hello, world"));
    await client.until((text) => text.endsWith("Hello, world"));
    expect(run.tally.techniques.websocket).toMatchObject({
      opening: { up: request.length, down: before, requests: 1 },
      toServer: { up: 18, down: 0, requests: 0 },
      toPage: { up: 0, down: 14, requests: 0 },
    });
  });

  test("counts the control connection and everything in it as other", async () => {
    const { create, connect } = setup();
    const run = create();
    const client = await connect();
    await exchange(client, head("GET", `/demo/r/${run.id}/live`, UPGRADE));
    client.write(textFrame("x"));
    await client.until((text) => text.endsWith("x"));
    expect(run.tally.other).toMatchObject({ ...client.counts, requests: 1 });
  });

  test("counts what still comes for an earlier measurement there", async () => {
    const { create, connect } = setup();
    const run = create();
    const client = await connect();
    await exchange(client, head("GET", `/demo/r/${run.id}/websocket`, UPGRADE));
    const { tally } = run;
    startRun(run, 1, 12);
    client.write(textFrame("x"));
    await client.until((text) => text.endsWith("x"));
    expect(tally.techniques.websocket.toServer.up).toBe(7);
    expect(run.tally.techniques.websocket.toServer.up).toBe(0);
    run.feed.stop();
  });

  test.each(HOSTILE)("lets no request for %s reach the gateway", async (_, request, status) => {
    const { create, connect, asked } = setup();
    const client = await connect();
    client.write(request(create().id));
    await client.until(() => false);
    expect(client.text).toStartWith(`HTTP/1.1 ${status} `);
    expect(asked).toEqual([]);
  });

  test("lets nothing pass behind a request that was refused, and nothing after a good one but good ones", async () => {
    const { create, connect, asked } = setup();
    const run = create();
    const good = head("GET", `/demo/r/${run.id}/poll`);
    const client = await connect();
    await exchange(client, good);
    client.write(head("GET", "/echo") + good);
    await client.until(() => false);
    expect(asked).toEqual([`GET /demo/r/${run.id}/poll`]);
  });

  test("does not take a refused upgrade for a WebSocket", async () => {
    const { create, connect, asked } = setup();
    const run = create();
    const client = await connect();
    // Without a key the server answers 200, as to any other request.
    const answer = await exchange(
      client,
      head("GET", `/demo/r/${run.id}/websocket`, "Upgrade: websocket\r\n"),
    );
    expect(answer).toStartWith("HTTP/1.1 200 ");
    client.write(head("GET", "/echo"));
    await client.until(() => false);
    expect(client.text).toContain("HTTP/1.1 400 ");
    expect(asked).toHaveLength(1);
  });

  test("sends a page whose run is over back to the gateway's own address", async () => {
    const { connect, log } = setup();
    const client: RawClient = await connect();
    const answer = await exchange(client, head("GET", `/demo/r/${"x".repeat(22)}/`));
    expect(answer).toMatch(/^HTTP\/1\.1 302 Found\r\n(.*\r\n)*location: http:\/\/localhost:\d+\/demo\/\r\n/);
    expect(log.lines).toEqual([]);
  });

  test("takes 24 connections of a run, and one more when one has left", async () => {
    const { create, connect } = setup();
    const run = create();
    const request = head("GET", `/demo/r/${run.id}/poll`);
    const clients: RawClient[] = [];
    for (let i = 0; i < 24; i++) {
      const client = await connect();
      await exchange(client, request);
      clients.push(client);
    }
    const refused = await connect();
    expect(await exchange(refused, request)).toStartWith("HTTP/1.1 503 ");
    expect(run.connections).toBe(24);
    await clients[0]?.close();
    // The relay learns of the end from the socket, some turns later.
    while (run.connections === 24) await new Promise((resolve) => setImmediate(resolve));
    expect(await exchange(await connect(), request)).toStartWith("HTTP/1.1 200 ");
  });

  test("passes on no more than 40 WebSocket handshakes at once", async () => {
    const { create, connect } = setup();
    const [one, other] = [create(), create()];
    for (let i = 0; i < 40; i++) {
      const client = await connect();
      const { id } = i % 2 === 0 ? one : other;
      const answer = await exchange(client, head("GET", `/demo/r/${id}/websocket`, UPGRADE));
      expect(answer).toStartWith("HTTP/1.1 101 ");
    }
    const refused = await connect();
    const answer = await exchange(refused, head("GET", `/demo/r/${one.id}/websocket`, UPGRADE));
    expect(answer).toStartWith("HTTP/1.1 503 ");
    expect(await exchange(await connect(), head("GET", `/demo/r/${one.id}/poll`))).toEndWith("ok");
  });

  test("lets a page that begins anew keep its connection", async () => {
    const { create, connect } = setup();
    const [before, after] = [create(), create()];
    const client = await connect();
    await exchange(client, head("GET", `/demo/r/${before.id}/poll`));
    const response = await exchange(client, head("GET", `/demo/r/${after.id}/poll`));
    expect(response).toEndWith("ok");
    expect([before.connections, after.connections]).toEqual([0, 1]);
    expect(after.tally.techniques.poll.toPage.requests).toBe(1);
  });

  test("does not carry a connection over to a run on another listener", async () => {
    const { create, connect } = setup();
    const [before, elsewhere] = [create(), create("http://127.0.0.1:1")];
    const client = await connect();
    await exchange(client, head("GET", `/demo/r/${before.id}/poll`));
    const response = await exchange(client, head("GET", `/demo/r/${elsewhere.id}/poll`));
    expect(response).toStartWith("HTTP/1.1 503 ");
  });
});

test.each([
  ["http://localhost:8000", "127.0.0.1", 8000],
  ["http://0.0.0.0:8000", "127.0.0.1", 8000],
  ["http://[::]:8000", "::1", 8000],
  ["http://[2001:db8::1]:8000", "2001:db8::1", 8000],
  ["http://192.0.2.7:80", "192.0.2.7", 80],
])("reaches the listener %s at %s", (listener, hostname, port) => {
  expect(listenerTarget(listener)).toEqual({ scheme: "tcp", hostname, port });
});

test.each([
  ["example.com:9", "http://0.0.0.0:8000", "http://example.com:8000/demo/"],
  ["[::1]:9", "http://localhost:80", "http://[::1]/demo/"],
  ["not a host", "http://localhost:8000", "http://localhost:8000/demo/"],
])("sends a visitor of %s home to the listener %s", (host, listener, home) => {
  expect(homeOf(host, listener, "/demo")).toBe(home);
});
