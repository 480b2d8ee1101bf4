import { describe, expect, test } from "bun:test";
import { dispatch, type Route } from "./route.ts";

const ROUTES: readonly Route[] = [
  { path: "/", summary: "", methods: { GET: () => new Response("index") } },
  { path: "/healthz", summary: "", methods: { GET: () => new Response("alive") } },
  {
    path: "/api/things/{name}",
    summary: "",
    methods: { GET: ({ argument }) => new Response(argument), DELETE: () => new Response("gone") },
  },
  { path: "/api/things", summary: "", methods: { POST: ({ url }) => new Response(url.search) } },
];

async function ask(
  method: string,
  target: string,
): Promise<{ status: number; body: string; allow: string | null }> {
  const response = await dispatch(ROUTES, method, new URL(`http://127.0.0.1${target}`));
  return { status: response.status, body: await response.text(), allow: response.headers.get("allow") };
}

describe("routes", () => {
  test("are found by path and method", async () => {
    expect(await ask("GET", "/")).toMatchObject({ status: 200, body: "index" });
    expect(await ask("POST", "/api/things?x=1")).toMatchObject({ status: 200, body: "?x=1" });
    expect(await ask("DELETE", "/api/things/a")).toMatchObject({ status: 200, body: "gone" });
  });

  test("take HEAD where they take GET", async () => {
    expect(await ask("HEAD", "/healthz")).toMatchObject({ status: 200 });
  });

  test("decode their argument, an encoded slash included", async () => {
    expect(await ask("GET", "/api/things/%2Fecho%20%E2%82%AC")).toMatchObject({ body: "/echo €" });
  });

  test("refuse an argument that is not percent-encoded UTF-8", async () => {
    expect(await ask("GET", "/api/things/%ff")).toMatchObject({ status: 400 });
    expect(await ask("GET", "/api/things/%2")).toMatchObject({ status: 400 });
  });

  test("say which methods there are (RFC 9110 §15.5.6)", async () => {
    expect(await ask("PUT", "/api/things/a")).toMatchObject({ status: 405, allow: "GET, HEAD, DELETE" });
    expect(await ask("HEAD", "/api/things")).toMatchObject({ status: 405, allow: "POST" });
    expect(await ask("OPTIONS", "/healthz")).toMatchObject({ status: 405, allow: "GET, HEAD" });
    expect(await ask("constructor", "/healthz")).toMatchObject({ status: 405 });
  });

  test.each([
    ["/healtz", "/healthz"],
    ["/healthz/", "/healthz"],
    ["/api/thing/a", "/api/things/a"],
    ["/API/THINGS", "/api/things"],
  ])("name the nearest path for %s", async (target, nearest) => {
    const { status, body } = await ask("GET", target);
    expect(status).toBe(404);
    expect(body).toContain(`Did you mean ${nearest}?`);
  });

  test.each(["/completely/else", "/api/things/", "//healthz", `/${"x".repeat(5000)}`])(
    "find nothing at %s, and guess nothing wild",
    async (target) => {
      expect((await ask("GET", target)).status).toBe(404);
    },
  );
});
