import { describe, expect, test } from "bun:test";
import type { Handshake } from "../../session/handshake.ts";
import { createFakeContext, createFakeHandshake, FakeSession } from "../fake-session.ts";
import { efficiency } from "./index.ts";
import { efficiencyOptions } from "./options.ts";

function setup(path = "/demo") {
  const context = createFakeContext();
  const service = efficiency.create(efficiencyOptions.parse({ meter: "off" }), { ...context, path });
  const handshake = (at: string): Handshake => ({
    ...createFakeHandshake({ host: "localhost:8000" }),
    path: at,
  });
  const ask = async (at: string, init: RequestInit = {}): Promise<Response> => {
    const response = await service.respond?.(new Request("http://h/", init), handshake(at));
    return response ?? expect.unreachable("no answer");
  };
  const accept = async (at: string) =>
    (await service.accept?.(handshake(at))) ?? expect.unreachable("no answer");
  /** The path of a visitor's page. */
  const visit = async (): Promise<string> => (await ask(path)).headers.get("location") ?? "";
  return { context, service, ask, accept, visit };
}

describe("the demo", () => {
  test.each(["/demo", "/demo/"])("sends a visitor of %s to a run of its own", async (path) => {
    const { ask } = setup();
    const first = await ask(path);
    const second = await ask(path);
    expect([first.status, first.headers.get("cache-control")]).toEqual([302, "no-store"]);
    expect(first.headers.get("location")).toMatch(/^\/demo\/r\/[\w-]{22}\/$/);
    expect(second.headers.get("location")).not.toBe(first.headers.get("location"));
  });

  test("works at the root as well", async () => {
    const { ask, visit } = setup("/");
    const page = await visit();
    expect(page).toMatch(/^\/r\/[\w-]{22}\/$/);
    expect((await ask(page)).status).toBe(200);
  });

  test("serves the page and all that it loads", async () => {
    const { ask, visit } = setup();
    const page = await visit();
    const response = await ask(page);
    const html = await response.text();
    expect(response.headers.get("content-security-policy")).toContain("connect-src 'self'");
    expect(html).toContain('data-home="/demo/"');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=|\{\{/);
    const loaded = [...html.matchAll(/(?:src|href)="([a-z.]+\.(?:js|css|svg))"/g)].map(
      ([, name]) => name ?? "",
    );
    expect(loaded.length).toBeGreaterThanOrEqual(4);
    for (const name of loaded) {
      const file = await ask(`${page}${name}`);
      expect([name, file.status]).toEqual([name, 200]);
      for (const [, imported] of (await file.text()).matchAll(/from "\.\/([a-z.]+)"/g)) {
        expect([imported, (await ask(`${page}${imported}`)).status]).toEqual([imported, 200]);
      }
    }
  });

  test("gives figures that say whether bytes are counted", async () => {
    const { ask, visit } = setup();
    const page = await visit();
    const figures = await (await ask(`${page}meter`)).json();
    expect(figures).toMatchObject({ metered: false, made: 0, elapsedMs: 0 });
    expect(Object.keys(figures.tally.techniques)).toEqual(["poll", "long-poll", "sse", "websocket"]);
  });

  test("answers techniques over HTTP, and says what the rest needs", async () => {
    const { ask, visit } = setup();
    const page = await visit();
    expect((await ask(`${page}poll`)).status).toBe(200);
    for (const endpoint of ["websocket", "live"]) {
      const response = await ask(`${page}${endpoint}`);
      expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
    }
  });

  test("opens the control connection and the WebSocket of a run", async () => {
    const { accept, visit } = setup();
    const page = await visit();
    for (const [endpoint, sent] of [
      ["live", 1],
      ["websocket", 0],
    ] as const) {
      const session = new FakeSession();
      session.open(await accept(`${page}${endpoint}`));
      expect(session.sent).toHaveLength(sent);
    }
  });

  test.each(["/demo/live", "/demo", "/demo/r/AAAAAAAAAAAAAAAAAAAAAA/live"])(
    "takes no WebSocket at %s",
    async (path) => {
      const { accept } = setup();
      expect(await accept(path)).toMatchObject({ refusal: { code: "path.unknown" } });
    },
  );

  test("takes no WebSocket at a technique that is none", async () => {
    const { accept, visit } = setup();
    expect(await accept(`${await visit()}poll`)).toMatchObject({ refusal: { code: "path.unknown" } });
  });

  test("sends the page of a run that is over to a new one, and knows nothing else of it", async () => {
    const { ask, visit, context } = setup();
    const page = await visit();
    context.clock.advance(600_000);
    const response = await ask(page);
    expect([response.status, response.headers.get("location")]).toEqual([302, "/demo/"]);
    expect((await ask(`${page}poll`)).status).toBe(404);
  });

  test("is full when a hundred measure, and says when to come again", async () => {
    const { accept, visit, ask, service } = setup();
    for (let i = 0; i < 100; i++) {
      const session = new FakeSession();
      const handler = session.open(await accept(`${await visit()}live`));
      handler.message('{"type":"start","rate":1,"size":12}');
    }
    const response = await ask("/demo");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "60"]);
    await service.stop();
  });

  test.each([
    ["/demo", "POST", "GET, HEAD"],
    ["page", "POST", "GET, HEAD"],
    ["main.js", "POST", "GET, HEAD"],
    ["meter", "POST", "GET"],
    ["poll", "DELETE", "GET, POST"],
  ])("takes at %s no %s", async (path, method, allowed) => {
    const { ask, visit } = setup();
    const page = await visit();
    const at = path === "/demo" ? path : `${page}${path === "page" ? "" : path}`;
    const response = await ask(at, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allowed]);
  });

  test("stopped, it ends measurements, leaves sessions to the gateway, and no timer once they have closed", async () => {
    const { accept, visit, service, context } = setup();
    const session = new FakeSession();
    const handler = session.open(await accept(`${await visit()}live`));
    handler.message('{"type":"start","rate":1,"size":12}');
    await service.stop();
    expect(session.isOpen).toBe(true);
    expect(session.sent.at(-1)).toBe('{"type":"ended","end":"stopped"}');
    session.leave(1001);
    expect(context.clock.pendingTimers).toBe(0);
  });
});
