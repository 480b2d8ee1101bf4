import { describe, expect, test } from "bun:test";
import type { Handshake } from "../../session/handshake.ts";
import { createFakeContext, createFakeHandshake } from "../fake-session.ts";
import type { Service } from "../service.ts";
import { welcome } from "./index.ts";
import { welcomeOptions } from "./options.ts";

const HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

function serve(path = "/", options = {}): Service {
  return welcome.create(welcomeOptions.parse(options), { ...createFakeContext(), path });
}

async function ask(service: Service, path: string, init: RequestInit = {}): Promise<Response> {
  const handshake: Handshake = { ...createFakeHandshake(), path };
  const response = await service.respond?.(new Request("http://h/", init), handshake);
  return response ?? expect.unreachable("no answer");
}

const page = { headers: { accept: HTML } };

describe("the first page", () => {
  test("is at the service's path, with or without a slash, and all that it loads is there too", async () => {
    for (const [service, base] of [
      [serve(), ""],
      [serve("/start"), "/start"],
    ] as const) {
      const response = await ask(service, base === "" ? "/" : base);
      expect(response.status).toBe(200);
      const html = await response.text();
      expect((await ask(service, `${base}/`)).status).toBe(200);
      const loaded = [...html.matchAll(/(?:src|href)="([^"#]+\.(?:js|css|svg))"/g)].map(
        ([, url]) => url ?? "",
      );
      expect(loaded.length).toBeGreaterThanOrEqual(4);
      for (const url of loaded) {
        expect(url).toStartWith(`${base}/welcome/`);
        expect([url, (await ask(service, url)).status]).toEqual([url, 200]);
      }
    }
  });

  test("loads what its scripts import", async () => {
    const script = await (await ask(serve(), "/welcome/main.js")).text();
    for (const [, name] of script.matchAll(/from "\.\/([a-z.]+)"/g)) {
      expect((await ask(serve(), `/welcome/${name}`)).status).toBe(200);
    }
  });

  test("holds no script, style or handler inline, and loads nothing from elsewhere", async () => {
    const html = await (await ask(serve(), "/")).text();
    expect(html).not.toMatch(
      /<script(?![^>]*\ssrc=)|<style|\son[a-z]+=|\sstyle=|(?:src|href)="(?:https?:)?\/\/(?!127)/,
    );
    expect(html).not.toContain("{{");
  });

  test("talks to and points at what the configuration says", async () => {
    const html = await (await ask(serve("/", { echo: "/e", broadcast: "off", admin: "off" }), "/")).text();
    expect(html).toContain('id="echo" data-path="/e"');
    expect(html).toContain('id="broadcast" data-path="off"');
    expect(html).toContain('id="admin" data-path="off"');
  });

  test("takes no WebSocket", () => {
    expect(serve().accept).toBeUndefined();
  });
});

describe("any other path below", () => {
  test("is a page with status 404 for who asks for pages, with the path escaped", async () => {
    const response = await ask(serve(), `/x<b>&"'`, page);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      404,
      "text/html; charset=utf-8",
    ]);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).toContain("<code>/x&lt;b&gt;&amp;&quot;&#39;</code>");
    expect(html).not.toContain("<b>");
  });

  test("shows 200 characters of a long path and no more", async () => {
    const html = await (await ask(serve(), `/${"a".repeat(199)}`, page)).text();
    expect(html).toContain(`<code>/${"a".repeat(199)}</code>`);
    const longer = await (await ask(serve(), `/${"a".repeat(200)}`, page)).text();
    expect(longer).toContain(`<code>/${"a".repeat(199)}…</code>`);
  });

  test("is a sentence with status 404 for who does not", async () => {
    const response = await ask(serve(), "/nothing");
    expect([response.status, await response.text()]).toEqual([404, "No service has this path.\n"]);
  });

  test.each(["/welcome/", "/welcome/options.ts", "/welcome/../options.ts", "/welcome/toString", "/start"])(
    "is %s too",
    async (path) => {
      expect((await ask(serve(), path)).status).toBe(404);
    },
  );

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("takes no %s", async (method) => {
    for (const path of ["/", "/welcome/main.js", "/nothing"]) {
      const response = await ask(serve(), path, { method });
      expect([path, response.status, response.headers.get("allow")]).toEqual([path, 405, "GET, HEAD"]);
    }
  });

  test("has no body for HEAD", async () => {
    const response = await ask(serve(), "/nothing", { ...page, method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([404, ""]);
  });
});
