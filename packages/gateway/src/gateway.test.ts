import { afterEach, describe, expect, test } from "bun:test";
import { commonOptions } from "./config/common.ts";
import { gatewayOptions } from "./config/gateway.ts";
import type { GatewaySettings, ListenSettings, ServiceSettings } from "./config/settings.ts";
import { createGateway, type Gateway, STANDARD_SERVICES } from "./gateway.ts";
import { systemClock as clock } from "./host/clock.ts";
import { FakeLog } from "./service/fake-session.ts";

const defaults = gatewayOptions.parse({ listen: ["http://localhost:0"] });

function on(port: number): ListenSettings {
  return { secure: false, hostname: "127.0.0.1", port, certificates: [], drafts: false, compression: false };
}

const echoAt = (path: string, repeat = 1): ServiceSettings => ({
  path,
  type: "echo",
  common: commonOptions.parse({}),
  options: { repeat },
});

function settings(changes: Partial<GatewaySettings> = {}): GatewaySettings {
  return {
    ...defaults,
    listen: [on(0)],
    admin: undefined,
    services: [echoAt("/echo")],
    baseDirectory: "/",
    stop: { spread: 0, deadline: 1000 },
    ...changes,
  };
}

const gateways: Gateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop();
});

function create(
  changes: Partial<GatewaySettings> = {},
  reloadSource?: Parameters<typeof createGateway>[1]["reloadSource"],
) {
  const log = new FakeLog();
  const gateway = createGateway(settings(changes), {
    log,
    clock,
    ...(reloadSource === undefined ? {} : { reloadSource }),
  });
  gateways.push(gateway);
  return { gateway, log };
}

const urlOf = (gateway: Gateway, path: string) =>
  `${gateway.view.listeners()[0]?.url.replace("http", "ws")}${path}`;

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return socket;
}

describe("a gateway", () => {
  test("serves from start to stop, and says so", async () => {
    const { gateway, log } = create();
    expect(gateway.view.state).toBe("starting");
    await gateway.start();
    expect(gateway.view.state).toBe("ready");
    const socket = await open(urlOf(gateway, "/echo"));
    const end = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    expect([...gateway.view.connections({})]).toHaveLength(1);
    await gateway.stop();
    expect(await end).toBe(1001);
    expect(log.events("info").filter((event) => event !== "connection closed")).toEqual([
      "listening",
      "stopping",
      "stopped",
    ]);
  });

  test("leaves nothing open when it cannot start", async () => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { port } = free;
    free.stop(true);
    const { gateway } = create({ listen: [on(port), on(taken.port)] });
    await expect(gateway.start()).rejects.toMatchObject({
      message: `cannot listen on http://127.0.0.1:${taken.port}: somebody else listens there`,
      cause: { code: "EADDRINUSE" },
    });
    const again = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
    again.stop(true);
    taken.stop(true);
  });

  test("leaves nothing open when only its admin side cannot start", async () => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { gateway } = create({ admin: { hostname: "127.0.0.1", port: taken.port } });
    await expect(gateway.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(gateway.view.listeners().map(({ state }) => state)).toEqual(["closed"]);
    taken.stop(true);
  });

  test("says what a reload changed, and keeps what it did not change", async () => {
    const { gateway } = create({ services: [echoAt("/a"), echoAt("/b")] });
    await gateway.start();
    const socket = await open(urlOf(gateway, "/a"));
    const next = { services: [echoAt("/a"), echoAt("/b", 2), echoAt("/c")] };
    const report = await gateway.reload(settings(next));
    expect(report).toEqual({ applied: true, changes: ["service /b changed", "service /c added"] });
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });

  test("refuses a reload whole when an address cannot be had", async () => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const { gateway, log } = create();
    await gateway.start();
    const report = await gateway.reload(settings({ listen: [on(taken.port)], services: [echoAt("/new")] }));
    expect(report.applied).toBe(false);
    expect(gateway.view.services().map(({ path }) => path)).toEqual(["/echo"]);
    expect(log.events("error")).toEqual(["reload refused, nothing was changed"]);
    (await open(urlOf(gateway, "/echo"))).close();
    taken.stop(true);
  });

  test("takes reloads one after the other, in the order in which they were asked for", async () => {
    const { gateway } = create();
    await gateway.start();
    const reports = await Promise.all(
      [2, 3, 4].map((repeat) => gateway.reload(settings({ services: [echoAt("/echo", repeat)] }))),
    );
    expect(reports.every(({ applied }) => applied)).toBe(true);
    const socket = await open(urlOf(gateway, "/echo"));
    let count = 0;
    const done = new Promise<void>((resolve) => {
      socket.onmessage = () => {
        if (++count === 4) resolve();
      };
    });
    socket.send("x");
    await done;
    socket.close();
  });

  test("reports what its source says when it reads it again", async () => {
    const { gateway } = create({}, async () => ({ problems: ["line 1: bad"] }));
    await gateway.start();
    expect(await gateway.view.reload()).toEqual({ applied: false, problems: ["line 1: bad"] });
    const { gateway: without } = create();
    expect(await without.view.reload()).toMatchObject({ applied: false });
  });

  test("closes connections for operators: one, or those that a filter finds", async () => {
    const { gateway } = create();
    await gateway.start();
    const sockets = await Promise.all([1, 2, 3].map(() => open(urlOf(gateway, "/echo"))));
    const ends = sockets.map(
      (socket) =>
        new Promise<number>((resolve) => {
          socket.onclose = ({ code }) => resolve(code);
        }),
    );
    const [first] = [...gateway.view.connections({ path: "/echo" })];
    expect(gateway.view.closeConnection(first?.id ?? "")).toBe(true);
    expect(gateway.view.closeConnection("no-such")).toBe(false);
    expect(gateway.view.closeConnections({ path: "/other" })).toBe(0);
    expect(gateway.view.closeConnections({ address: "127.0.0.1" })).toBe(2);
    expect(await Promise.all(ends)).toEqual([1008, 1008, 1008]);
  });
});

test("every standard service has a type of its own, and documented options", () => {
  const types = STANDARD_SERVICES.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  for (const { type, options } of STANDARD_SERVICES) {
    const undocumented = Object.entries(options.shape).filter(
      ([, schema]) => (schema.description ?? "") === "",
    );
    expect([type, undocumented.map(([name]) => name)]).toEqual([type, []]);
  }
});

test("a page whose name was rebound to ::1 is not served as the gateway's own", async () => {
  const { gateway } = create({ listen: [{ ...on(0), hostname: "::1" }] });
  try {
    await gateway.start();
  } catch (error) {
    // A machine without IPv6 has nothing to guard.
    expect(error).toMatchObject({ cause: { code: expect.stringMatching(/EADDRNOTAVAIL|EAFNOSUPPORT/) } });
    return;
  }
  const url = gateway.view.listeners()[0]?.url ?? "";
  const statusFor = async (host: string) => (await fetch(`${url}/echo`, { headers: { host } })).status;
  expect([await statusFor("evil.example"), await statusFor("localhost")]).toEqual([421, 426]);
});
