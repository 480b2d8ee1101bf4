import { describe, expect, test } from "bun:test";
import { judgeVisitor } from "./visitor.ts";

interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly admin?: string;
}

function judge({ method = "GET", headers = {}, admin = "127.0.0.1" }: Visit): number | undefined {
  const request = new Request("http://127.0.0.1:8001/", {
    method,
    headers: { host: "127.0.0.1:8001", ...headers },
  });
  return judgeVisitor(request, admin)?.status;
}

describe("Host", () => {
  const served = [
    "127.0.0.1",
    "127.0.0.1:8001",
    "127.9.9.9:1",
    "localhost:8001",
    "LOCALHOST",
    "a.localhost:80",
    "[::1]",
    "[::1]:8001",
  ];
  test.each(served)("%s is served on loopback", (host) => {
    expect(judge({ headers: { host } })).toBeUndefined();
  });

  const rebound = [
    "evil.example",
    "evil.example:8001",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.5",
    "[::2]",
    "127.evil",
  ];
  test.each(rebound)("%s is not served on loopback, against DNS rebinding", (host) => {
    expect(judge({ headers: { host } })).toBe(421);
  });

  const malformed = [
    "",
    "a b",
    "127.0.0.1, evil.example",
    "user@localhost",
    "localhost:port",
    "[::1",
    "localhost/x",
  ];
  test.each(malformed)("%p is malformed", (host) => {
    expect(judge({ headers: { host } })).toBe(400);
  });

  test("is required (RFC 9112 §3.2)", () => {
    expect(judgeVisitor(new Request("http://127.0.0.1:8001/"), "127.0.0.1")?.status).toBe(400);
  });

  test("may be the configured one, and then no other", () => {
    expect(judge({ admin: "admin.Example", headers: { host: "ADMIN.example:8001" } })).toBeUndefined();
    expect(judge({ admin: "fd00::5", headers: { host: "[fd00::5]:8001" } })).toBeUndefined();
    expect(judge({ admin: "10.0.0.5", headers: { host: "10.0.0.6" } })).toBe(421);
  });

  test.each(["0.0.0.0", "::"])("may be any address, but no name, when %s is configured", (admin) => {
    expect(judge({ admin, headers: { host: "10.0.0.5:8001" } })).toBeUndefined();
    expect(judge({ admin, headers: { host: "[fd00::5]:8001" } })).toBeUndefined();
    expect(judge({ admin, headers: { host: "evil.example:8001" } })).toBe(421);
  });
});

describe("pages", () => {
  test("of the admin side itself may ask", () => {
    const headers = { origin: "http://127.0.0.1:8001", "sec-fetch-site": "same-origin" };
    expect(judge({ headers })).toBeUndefined();
    expect(judge({ method: "POST", headers })).toBeUndefined();
  });

  const foreign = [
    "http://127.0.0.1:8000",
    "https://127.0.0.1:8001",
    "http://evil.example",
    "null",
    "http://localhost:8001",
  ];
  test.each(foreign)("of the origin %s may not, whatever the method", (origin) => {
    for (const method of ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]) {
      expect(judge({ method, headers: { origin } })).toBe(403);
    }
  });

  test.each(["cross-site", "same-site", "anything"])("may not change anything when they are %s", (site) => {
    for (const method of ["POST", "DELETE"]) {
      expect(judge({ method, headers: { "sec-fetch-site": site, "sec-fetch-mode": "navigate" } })).toBe(403);
    }
  });

  test("of other sites may not load images, scripts or styles from here", () => {
    expect(judge({ headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } })).toBe(403);
  });

  test("of other sites may link to here", () => {
    expect(
      judge({ headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } }),
    ).toBeUndefined();
  });

  test("do not matter to people at an address bar and to programs", () => {
    expect(judge({ headers: { "sec-fetch-site": "none" } })).toBeUndefined();
    expect(judge({ method: "DELETE" })).toBeUndefined();
  });
});
