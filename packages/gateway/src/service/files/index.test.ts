import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { HANDOVER_MS } from "../../host/files.ts";
import { createFakeContext, createFakeHandshake, type FakeContext } from "../fake-session.ts";
import type { Service } from "../service.ts";
import { files } from "./index.ts";
import { filesOptions } from "./options.ts";

const NOW = Date.UTC(2026, 0, 2);
const MODIFIED = Date.UTC(2026, 0, 1);
const LARGE_BYTES = 300_000;
const PAGE = "text/html,*/*;q=0.8";

let base = "";
let root = "";

function write(path: string, content: string | Uint8Array, modifiedMs = MODIFIED): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
  utimesSync(join(root, path), modifiedMs / 1000, modifiedMs / 1000);
}

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "files-service-"));
  root = join(base, "www");
  write("index.html", "<h1>home</h1>");
  write("a.txt", "0123456789");
  write("empty", "");
  write("large.bin", Buffer.alloc(LARGE_BYTES, "0123456789"));
  write("docs/index.html", "docs");
  write("docs/other.htm", "other");
  write("bare/x y.txt", "x");
  write("bare/<b>.txt", "b");
  write("bare/.hidden", "h");
  write("bare/sub/z", "z");
  write(".env", "SECRET=1");
  write(".well-known/acme", "token");
  write("app.js", "long script");
  write("app.js.br", "BR");
  write("app.js.gz", "GZIP");
  write("stale.js", "new script");
  write("stale.js.gz", "old", MODIFIED - 1000);
  write("../secret", "secret");
  write("../errors/404.html", "<h1>lost</h1>");
  write("../errors/405.html", "y".repeat(65_536));
  write("../errors/416.html", "x".repeat(65_537));
  symlinkSync("../secret", join(root, "leak"));
});
afterAll(() => rmSync(base, { recursive: true }));

interface Served {
  readonly context: FakeContext;
  get(target: string, headers?: Record<string, string>, method?: string): Promise<Response>;
}

function serve(options: Partial<z.input<typeof filesOptions>> = {}, path = "/"): Served {
  const context = { ...createFakeContext(), path };
  context.clock.nowMs = NOW;
  const service: Service = files.create(filesOptions.parse({ directory: root, ...options }), context);
  return {
    context,
    async get(target, headers = {}, method = "GET") {
      const [targetPath = "", query = ""] = target.split("?");
      const request = new Request(`http://gateway.example${encodeURI(targetPath)}`, { method, headers });
      const handshake = {
        ...createFakeHandshake(),
        carrier: "http" as const,
        method,
        path: targetPath,
        query,
      };
      const response = await service.respond?.(request, handshake);
      if (response === undefined) throw new Error("files answers requests");
      return response;
    },
  };
}

describe("a file", () => {
  test("is answered with what a client must know of it", async () => {
    const response = await serve().get("/a.txt");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "no-cache",
      "content-type": "text/plain; charset=utf-8",
      etag: expect.stringMatching(/^"a-[0-9a-z]+"$/),
      "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      "x-content-type-options": "nosniff",
    });
    expect(await response.text()).toBe("0123456789");
  });

  test("of no bytes is one", async () => {
    const response = await serve().get("/empty");
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test("has the operator's headers, type and cache rule", async () => {
    const { get } = serve({
      headers: { "Content-Security-Policy": "default-src 'self'" },
      types: { TXT: "text/x" },
      cacheControl: [{ pattern: "*.txt", value: "max-age=modified+2d" }],
    });
    const { headers } = await get("/a.txt");
    expect(headers.get("content-security-policy")).toBe("default-src 'self'");
    expect(headers.get("content-type")).toBe("text/x");
    expect(headers.get("cache-control")).toBe("max-age=86400");
  });

  test("with a slash behind it is not there", async () =>
    expect((await serve().get("/a.txt/")).status).toBe(404));

  test("that changed in the last two seconds has a weak tag, and one from the future no later date than now", async () => {
    write("fresh.txt", "x", NOW - 1999);
    write("future.txt", "x", NOW + 3_600_000);
    expect((await serve().get("/fresh.txt")).headers.get("etag")).toStartWith("W/");
    const { headers } = await serve().get("/future.txt");
    expect(headers.get("last-modified")).toBe("Fri, 02 Jan 2026 00:00:00 GMT");
  });

  test("is asked for by HEAD without being sent (RFC 9110 §9.3.2)", async () => {
    const response = await serve().get("/a.txt", { range: "bytes=0-1" }, "HEAD");
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([
      200,
      "10",
      "",
    ]);
  });

  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    test(`is not answered to ${method} (RFC 9110 §15.5.6)`, async () => {
      const response = await serve().get("/a.txt", {}, method);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    });
  }
});

describe("a path", () => {
  for (const path of [
    "/../secret",
    "/%2e%2e/secret",
    "/..%2fsecret",
    "/..%5csecret",
    "/leak",
    "/.env",
    "/%2eenv",
    "/a.txt%00",
    "/docs//index.html",
    "//a.txt",
    "/docs/../a.txt",
    "/nope",
    "/%",
  ]) {
    test(`${path} is answered as one that is not there`, async () => {
      const response = await serve().get(path);
      expect(response.status).toBe(404);
      expect(await response.text()).toBe("There is nothing here.\n");
      expect(response.headers.get("cache-control")).toBe("no-store");
    });
  }

  test("to a hidden name is served where that is allowed, and .well-known always", async () => {
    expect(await (await serve({ dotfiles: "allow" }).get("/.env")).text()).toBe("SECRET=1");
    expect(await (await serve().get("/.well-known/acme")).text()).toBe("token");
  });

  test("below the service's own path is what counts", async () => {
    const { get } = serve({}, "/web");
    expect(await (await get("/web/a.txt")).text()).toBe("0123456789");
    expect((await get("/web/web/a.txt")).status).toBe(404);
  });
});

describe("a folder", () => {
  test("without its slash is redirected by path alone, with the query (RFC 9110 §15.4.9)", async () => {
    const { get } = serve({}, "/web");
    const response = await get("/web/docs?a=\u00e9&b=%20");
    expect([response.status, response.headers.get("location")]).toEqual([308, "/web/docs/?a=%C3%A9&b=%20"]);
    expect((await get("/web")).headers.get("location")).toBe("/web/");
  });

  test("never leads to another host", async () => {
    mkdirSync(join(root, "evil.example"), { recursive: true });
    for (const path of ["//evil.example", "/\\evil.example", "/%2fevil.example", "/%5cevil.example"]) {
      const response = await serve().get(path);
      expect([response.status, response.headers.get("location")]).toEqual([404, null]);
    }
  });

  test("is answered with its index, the first that exists", async () => {
    expect(await (await serve().get("/docs/")).text()).toBe("docs");
    expect(
      await (await serve({ index: ["nope.html", "other.htm", "index.html"] }).get("/docs/")).text(),
    ).toBe("other");
    expect(await (await serve().get("/")).text()).toBe("<h1>home</h1>");
  });

  test("without an index is not there", async () => {
    expect((await serve().get("/bare/")).status).toBe(404);
    expect((await serve({ index: [] }).get("/docs/")).status).toBe(404);
  });

  test("is listed where that is wanted: as a page, without hidden names", async () => {
    const response = await serve({ listing: true }).get("/bare/", { accept: PAGE });
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toStartWith("default-src 'none'");
    const page = await response.text();
    expect(page).toContain('<a href="./sub/">sub/</a>');
    expect(page).toContain('<a href="./x%20y.txt">x y.txt</a>');
    expect(page).toContain("&lt;b&gt;.txt");
    expect(page).not.toContain("hidden");
  });

  test("is listed as JSON to who would rather have that", async () => {
    const response = await serve({ listing: true, dotfiles: "allow" }).get("/bare/", {
      accept: "application/json",
    });
    expect([response.headers.get("content-type"), response.headers.get("vary")]).toEqual([
      "application/json",
      "accept",
    ]);
    const { path, entries } = (await response.json()) as { path: string; entries: { name: string }[] };
    expect(path).toBe("/bare/");
    expect(entries.map(({ name }) => name)).toEqual(["sub", ".hidden", "<b>.txt", "x y.txt"]);
  });

  test("with an index is not listed", async () => {
    expect(await (await serve({ listing: true }).get("/docs/")).text()).toBe("docs");
  });
});

describe("a range (RFC 9110 §14)", () => {
  for (const [range, body, contentRange] of [
    ["bytes=0-0", "0", "bytes 0-0/10"],
    ["bytes=5-", "56789", "bytes 5-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
  ] as const) {
    test(`${range} is answered with that part`, async () => {
      const response = await serve().get("/a.txt", { range });
      expect([response.status, response.headers.get("content-range"), await response.text()]).toEqual([
        206,
        contentRange,
        body,
      ]);
    });
  }

  test("beyond the end is 416, and says how long the file is (§15.5.17)", async () => {
    const response = await serve().get("/a.txt", { range: "bytes=10-" });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */10"]);
  });

  test("with an If-Range that holds is a part, with one that does not the whole (§13.1.5)", async () => {
    const { get } = serve();
    const etag = (await get("/a.txt")).headers.get("etag") ?? "";
    expect((await get("/a.txt", { range: "bytes=0-1", "if-range": etag })).status).toBe(206);
    expect((await get("/a.txt", { range: "bytes=0-1", "if-range": '"other"' })).status).toBe(200);
  });

  test("of many parts is the whole", async () => {
    const response = await serve().get("/a.txt", { range: "bytes=0-1,3-4" });
    expect([response.status, await response.text()]).toEqual([200, "0123456789"]);
  });
});

describe("conditions (RFC 9110 §13)", () => {
  test("that find nothing new are answered 304, with the headers a cache needs", async () => {
    const { get } = serve({ cacheControl: [{ pattern: "*", value: "max-age=60" }], precompressed: true });
    const etag = (await get("/a.txt")).headers.get("etag") ?? "";
    const response = await get("/a.txt", { "if-none-match": etag });
    expect(response.status).toBe(304);
    expect(Object.fromEntries(response.headers)).toEqual({
      etag,
      "cache-control": "max-age=60",
      vary: "accept-encoding",
      "x-content-type-options": "nosniff",
    });
  });

  test("that fail are answered 412", async () => {
    expect((await serve().get("/a.txt", { "if-match": '"other"' })).status).toBe(412);
  });

  test("go before ranges (§13.2.2)", async () => {
    const { get } = serve();
    const etag = (await get("/a.txt")).headers.get("etag") ?? "";
    expect((await get("/a.txt", { "if-none-match": etag, range: "bytes=0-1" })).status).toBe(304);
  });
});

describe("compressed copies", () => {
  const form = async (path: string, acceptEncoding: string | undefined, precompressed = true) => {
    const response = await serve({ precompressed }).get(
      path,
      acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding },
    );
    const { headers } = response;
    return [
      headers.get("content-encoding"),
      await response.text(),
      headers.get("vary"),
      headers.get("content-type"),
    ];
  };
  const script = "text/javascript; charset=utf-8";

  test("are served to who takes them, as the file's own type, and Vary says so", async () => {
    expect(await form("/app.js", "gzip, br")).toEqual(["br", "BR", "accept-encoding", script]);
    expect(await form("/app.js", "gzip")).toEqual(["gzip", "GZIP", "accept-encoding", script]);
    expect(await form("/app.js", undefined)).toEqual([null, "long script", "accept-encoding", script]);
    expect(await form("/app.js", "br;q=0")).toEqual([null, "long script", "accept-encoding", script]);
    expect(await form("/a.txt", "br")).toEqual([
      null,
      "0123456789",
      "accept-encoding",
      "text/plain; charset=utf-8",
    ]);
  });

  test("are not, where they are older than the file or not wanted", async () => {
    expect((await form("/stale.js", "gzip"))[1]).toBe("new script");
    expect(await form("/app.js", "br", false)).toEqual([null, "long script", null, script]);
  });

  test("have a tag of their own, and ranges of their own bytes", async () => {
    const { get } = serve({ precompressed: true });
    const plain = (await get("/app.js")).headers.get("etag");
    const small = (await get("/app.js", { "accept-encoding": "br" })).headers.get("etag");
    expect(small).toEndWith('-br"');
    expect(small).not.toBe(plain);
    const part = await get("/app.js", { "accept-encoding": "gzip", range: "bytes=1-2" });
    expect([part.headers.get("content-range"), await part.text()]).toEqual(["bytes 1-2/4", "ZI"]);
  });
});

describe("the fallback", () => {
  const { get } = {
    get: (target: string, accept = PAGE) => serve({ fallback: "index.html" }).get(target, { accept }),
  };

  test("stands for unknown pages, of any depth", async () => {
    for (const path of ["/nope", "/users/7", "/users/", "/bare/"]) {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([200, "<h1>home</h1>"]);
    }
  });

  test("does not stand for files, for other types, or for what hides something", async () => {
    expect((await get("/nope.js")).status).toBe(404);
    expect((await get("/nope", "application/json")).status).toBe(404);
    expect((await get("/..%2fsecret")).status).toBe(404);
  });

  test("that is missing itself leaves 404", async () => {
    expect((await serve({ fallback: "gone.html" }).get("/nope", { accept: PAGE })).status).toBe(404);
  });
});

describe("error pages", () => {
  const errorPages = () => join(base, "errors");

  test("are the operator's, with the status they are for", async () => {
    const response = await serve({ errorPages: errorPages() }).get("/nope");
    expect([response.status, response.headers.get("content-type")]).toEqual([
      404,
      "text/html; charset=utf-8",
    ]);
    expect(await response.text()).toBe("<h1>lost</h1>");
  });

  test("may have 64 KiB; one that is missing or larger is replaced by a sentence", async () => {
    const { get } = serve({ errorPages: errorPages() });
    expect((await (await get("/a.txt", {}, "POST")).text()).length).toBe(65_536);
    expect(await (await get("/a.txt", { "if-match": '"x"' })).text()).toBe("This has changed.\n");
    expect(await (await get("/a.txt", { range: "bytes=10-" })).text()).toBe("This has no such part.\n");
  });

  test("are not sent to HEAD, but their length is", async () => {
    const response = await serve({ errorPages: errorPages() }).get("/nope", {}, "HEAD");
    expect([response.headers.get("content-length"), await response.text()]).toEqual(["13", ""]);
  });
});

/** What stands on the wire, as the host writes it. */
describe("behind Bun.serve", () => {
  async function exchange(target: string, lines: readonly string[] = [], method = "GET") {
    const served = serve();
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      development: false,
      fetch: (request) =>
        served.get(new URL(request.url).pathname, Object.fromEntries(request.headers), request.method),
    });
    const head = [`${method} ${target} HTTP/1.1`, "Host: gateway.example", "Connection: close", ...lines];
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      const socket = connect(server.port ?? 0, "127.0.0.1", () =>
        socket.write(`${head.join("\r\n")}\r\n\r\n`),
      );
      socket.on("data", (chunk) => {
        text += chunk.toString("latin1");
      });
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    served.context.clock.advance(HANDOVER_MS);
    await server.stop(true);
    const end = answer.indexOf("\r\n\r\n");
    const [status = "", ...fields] = answer.slice(0, end).split("\r\n");
    const headers = fields.map((field) => field.toLowerCase().split(": ", 2) as [string, string]);
    const counts = new Map(headers);
    // No header may stand twice.
    expect(counts.size).toBe(headers.length);
    return { status: Number(status.split(" ")[1]), headers: counts, body: answer.slice(end + 4) };
  }

  test("a small and a large file have their length", async () => {
    const small = await exchange("/a.txt");
    expect([small.headers.get("content-length"), small.body]).toEqual(["10", "0123456789"]);
    const large = await exchange("/large.bin");
    expect([large.headers.get("content-length"), large.body.length]).toEqual([
      String(LARGE_BYTES),
      LARGE_BYTES,
    ]);
    expect(large.headers.get("content-type")).toBe("application/octet-stream");
    expect(large.headers.get("content-disposition")).toBe("inline");
  });

  test("a part of a large file has its length and its place", async () => {
    const { status, headers, body } = await exchange("/large.bin", ["Range: bytes=100000-299999"]);
    expect([status, headers.get("content-length"), headers.get("content-range")]).toEqual([
      206,
      "200000",
      "bytes 100000-299999/300000",
    ]);
    expect(body).toBe("0123456789".repeat(20_000));
  });

  for (const range of ["bytes=0-1,5-6", "bytes=5-4", "items=0-1", 'bytes=0-1\r\nIf-Range: "x"', "bytes=x"]) {
    test(`a large file is whole where its Range is ignored: ${JSON.stringify(range)}`, async () => {
      const { status, headers, body } = await exchange("/large.bin", [`Range: ${range}`]);
      expect([status, headers.has("content-range")]).toEqual([200, false]);
      expect(body.replace(/\r\n[0-9a-f]+\r\n|^[0-9a-f]+\r\n/g, "").length).toBeGreaterThanOrEqual(
        LARGE_BYTES,
      );
    });
  }

  test("a HEAD has the length and a date, an error's too", async () => {
    const head = await exchange("/large.bin", ["Range: bytes=0-1"], "HEAD");
    expect([head.status, head.headers.get("content-length"), head.body]).toEqual([200, "300000", ""]);
    expect(head.headers.has("date")).toBe(true);
    expect((await exchange("/nope", [], "HEAD")).headers.get("content-length")).toBe("23");
  });

  test("a 304 and a redirect have no body and no false length", async () => {
    const etag = (await exchange("/a.txt")).headers.get("etag") ?? "";
    const unchanged = await exchange("/a.txt", [`If-None-Match: ${etag}`]);
    expect([unchanged.status, unchanged.body, unchanged.headers.has("content-length")]).toEqual([
      304,
      "",
      false,
    ]);
    const moved = await exchange("/docs");
    expect([moved.status, moved.headers.get("location"), moved.body]).toEqual([308, "/docs/", ""]);
  });

  test("no descriptor is left open", async () => {
    await exchange("/large.bin");
    await exchange("/large.bin", ["Range: bytes=1-2,3-4"]);
    const isOpen = () =>
      readdirSync("/proc/self/fd").some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(base);
        } catch {
          return false;
        }
      });
    while (isOpen()) await new Promise((resolve) => setImmediate(resolve));
  });
});

test("a missing directory is told when the service starts, and no reason not to start", () => {
  for (const [directory, count] of [
    [root, 0],
    [join(base, "wbe"), 1],
    [join(root, "a.txt"), 1],
  ] as const) {
    const context = createFakeContext();
    const service = files.create(filesOptions.parse({ directory }), context);
    void service.start?.();
    expect(context.log.events("warn")).toHaveLength(count);
  }
});
