import { describe, expect, test } from "bun:test";
import { FakeClock } from "../host/fake-clock.ts";
import type { Log, LogFields } from "../telemetry/log.ts";
import { silentLog } from "../telemetry/log.ts";
import { createAdmin } from "./admin.ts";
import { readExposition } from "./exposition-reader.ts";
import { FakeView } from "./fake-view.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

function setUp() {
  const view = new FakeView();
  const clock = new FakeClock();
  const lines: { readonly event: string; readonly fields: LogFields | undefined }[] = [];
  const note = (event: string, fields?: LogFields) => void lines.push({ event, fields });
  const log: Log = { ...silentLog, info: note, error: note };
  const process = { runtime: "bun 1", readCpuSeconds: () => 1, readMemoryBytes: () => 1 };
  const admin = createAdmin(view, { clock, log, hostname: "127.0.0.1", process });
  const ask = async (method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const url = `http://127.0.0.1:8001${path}`;
    const response = await admin.respond(
      new Request(url, { method, headers: { host: "127.0.0.1:8001", ...headers } }),
    );
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.endsWith("json") === true && text !== "";
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
  };
  return { view, clock, lines, admin, ask };
}

describe("health", () => {
  test("/healthz is 200 as long as anybody answers", async () => {
    const { view, ask } = setUp();
    view.state = "stopping";
    expect(await ask("GET", "/healthz")).toMatchObject({ status: 200, json: { status: "alive" } });
  });

  test("/readyz is 200 when clients may come", async () => {
    const { ask } = setUp();
    expect(await ask("GET", "/readyz")).toMatchObject({ status: 200, json: { status: "ready" } });
  });

  test("/readyz is 503 with reasons otherwise", async () => {
    const { view, ask } = setUp();
    view.listenerList = [{ url: "http://127.0.0.1:8000", state: "paused", drafts: false }];
    expect(await ask("GET", "/readyz")).toMatchObject({
      status: 503,
      json: { status: 503, reasons: [{ reason: "listener_paused" }] },
    });
  });
});

describe("/metrics", () => {
  test("is in the text format of Prometheus", async () => {
    const { view, ask } = setUp();
    view.addService("/echo");
    const { status, headers, text } = await ask("GET", "/metrics");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(readExposition(text).get("sluice_connections_open")?.samples).toHaveLength(1);
  });
});

describe("/", () => {
  test("lists every path of the admin side", async () => {
    const { ask } = setUp();
    const { headers, text } = await ask("GET", "/");
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    for (const path of [
      "/healthz",
      "/readyz",
      "/metrics",
      "/api/v1/gateway",
      "/api/v1/connections/{id}",
      "/api/v1/reload",
    ]) {
      expect(text).toContain(path);
    }
  });
});

describe("services", () => {
  test("are all there, and each by its encoded path", async () => {
    const { view, ask } = setUp();
    view.addService("/");
    view.addService("/echo", { connectionsOpen: 3 });
    expect((await ask("GET", "/api/v1/services")).json).toMatchObject({
      services: [{ path: "/" }, { path: "/echo" }],
    });
    expect((await ask("GET", "/api/v1/services/%2Fecho")).json).toMatchObject({ connections: { open: 3 } });
    expect((await ask("GET", "/api/v1/services/%2F")).json).toMatchObject({ path: "/" });
  });

  test("that are not there name the nearest", async () => {
    const { view, ask } = setUp();
    view.addService("/echo");
    const { status, json } = await ask("GET", "/api/v1/services/%2Fehco");
    expect(status).toBe(404);
    expect(json.detail).toContain("/echo");
  });
});

describe("connections", () => {
  test("come in pages, the next of which is a link", async () => {
    const { view, ask } = setUp();
    for (let number = 0; number < 5; number++) {
      view.addConnection(`c-${number}`, {
        path: number === 4 ? "/other" : "/echo",
        openedAtMs: 1000 + number,
      });
    }
    const first = await ask("GET", "/api/v1/connections?path=%2Fecho&limit=3");
    expect(first.json).toMatchObject({ connections: [{ id: "c-0" }, { id: "c-1" }, { id: "c-2" }] });
    const second = await ask("GET", String(first.json.next));
    expect(second.json).toMatchObject({ connections: [{ id: "c-3" }], next: null });
  });

  test("are given by id", async () => {
    const { view, ask } = setUp();
    view.addConnection("k3-1f");
    expect((await ask("GET", "/api/v1/connections/k3-1f")).json).toMatchObject({ id: "k3-1f" });
    expect((await ask("GET", "/api/v1/connections/k3-20")).status).toBe(404);
  });

  test("are refused to a query that is not understood", async () => {
    const { ask } = setUp();
    expect(await ask("GET", "/api/v1/connections?limit=1001")).toMatchObject({ status: 400 });
  });

  test("are closed one by one, and that is logged", async () => {
    const { view, lines, ask } = setUp();
    view.addConnection("c-1");
    view.addConnection("c-2");
    expect(await ask("DELETE", "/api/v1/connections/c-1")).toMatchObject({
      status: 200,
      json: { closed: 1 },
    });
    expect(view.connectionList.map(({ id }) => id)).toEqual(["c-2"]);
    expect(lines).toEqual([
      { event: "connections closed by an operator", fields: { connection: "c-1", closed: 1 } },
    ]);
    expect((await ask("DELETE", "/api/v1/connections/c-1")).status).toBe(404);
  });

  test("are closed by filter, and that is logged", async () => {
    const { view, lines, ask } = setUp();
    view.addConnection("c-1", { address: "192.0.2.1" });
    view.addConnection("c-2", { address: "192.0.2.2" });
    view.addConnection("c-3", { address: "192.0.2.2" });
    expect((await ask("DELETE", "/api/v1/connections?address=192.0.2.2")).json).toEqual({ closed: 2 });
    expect(view.connectionList.map(({ id }) => id)).toEqual(["c-1"]);
    expect(lines[0]?.fields).toMatchObject({ address: "192.0.2.2", closed: 2 });
  });

  test("are not all closed by leaving out the filter, only by saying so", async () => {
    const { view, ask } = setUp();
    view.addConnection("c-1");
    expect(await ask("DELETE", "/api/v1/connections")).toMatchObject({ status: 400 });
    expect(await ask("DELETE", "/api/v1/connections?pth=/echo")).toMatchObject({ status: 400 });
    expect(view.connectionList).toHaveLength(1);
    expect((await ask("DELETE", "/api/v1/connections?all=true")).json).toEqual({ closed: 1 });
  });
});

describe("reload", () => {
  test("tells what changed", async () => {
    const { view, ask } = setUp();
    view.reloadReport = { applied: true, changes: ["added /chat"] };
    expect(await ask("POST", "/api/v1/reload")).toMatchObject({
      status: 200,
      json: { applied: true, changes: ["added /chat"] },
    });
  });

  test("is 422 with the problems when nothing was changed", async () => {
    const { view, ask } = setUp();
    view.reloadReport = { applied: false, problems: ["sluice.yaml:3: unknown key"] };
    expect(await ask("POST", "/api/v1/reload")).toMatchObject({
      status: 422,
      json: { title: "Unprocessable Content", applied: false, problems: ["sluice.yaml:3: unknown key"] },
    });
  });

  test("that throws is a 500 without detail, and a log line", async () => {
    const { view, lines, ask } = setUp();
    view.reloadReport = new Error("secret");
    const { status, text, headers } = await ask("POST", "/api/v1/reload");
    expect(status).toBe(500);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(text).not.toContain("secret");
    expect(lines.at(-1)?.event).toBe("bug");
  });

  test("cannot be had by GET", async () => {
    const { ask } = setUp();
    const { status, headers } = await ask("GET", "/api/v1/reload");
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("POST");
  });
});

describe("every request", () => {
  test("is refused under a foreign Host name and from a foreign page, before anything is done", async () => {
    const { view, ask } = setUp();
    view.addConnection("c-1");
    expect(await ask("GET", "/metrics", { host: "evil.example" })).toMatchObject({ status: 421 });
    expect(
      await ask("DELETE", "/api/v1/connections?all=true", { origin: "http://evil.example" }),
    ).toMatchObject({ status: 403 });
    expect(
      await ask("DELETE", "/api/v1/connections?all=true", { "sec-fetch-site": "cross-site" }),
    ).toMatchObject({ status: 403 });
    expect(view.connectionList).toHaveLength(1);
  });

  test.each(["/", "/healthz", "/metrics", "/api/v1/gateway", "/nowhere"])(
    "may be a HEAD: %s",
    async (path) => {
      const { ask } = setUp();
      const [head, get] = [await ask("HEAD", path), await ask("GET", path)];
      expect(head.text).toBe("");
      expect(head.status).toBe(get.status);
      expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
    },
  );

  test("never gets a CORS header, not even a preflight", async () => {
    const { ask } = setUp();
    const preflight = { origin: "http://127.0.0.1:8001", "access-control-request-method": "DELETE" };
    const { status, headers } = await ask("OPTIONS", "/api/v1/connections", preflight);
    expect(status).toBe(405);
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

test("stopping leaves no timer behind", () => {
  const { admin, clock } = setUp();
  admin.stop();
  expect(clock.pendingTimers).toBe(0);
});
