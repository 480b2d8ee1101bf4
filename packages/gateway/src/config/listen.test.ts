import { describe, expect, test } from "bun:test";
import { findCollisions, isLoopback, resolveAdmin, resolveListener } from "./listen.ts";

const PATH = ["listen", 0];
const tls = { certificate: "/c.pem", key: "/k.pem", names: [] };

function messageOf(
  judged: ReturnType<typeof resolveListener> | ReturnType<typeof resolveAdmin>,
): string | undefined {
  return "findings" in judged ? judged.findings[0]?.message : undefined;
}

describe("a listener", () => {
  test.each([
    ["http://localhost:8000", "localhost", 8000],
    ["http://0.0.0.0", "0.0.0.0", 80],
    ["http://[::]:0/", "::", 0],
  ])("%s", (url, hostname, port) => {
    expect(resolveListener(url, PATH)).toEqual({
      settings: { secure: false, hostname, port, certificates: [], drafts: false, compression: false },
    });
  });

  test("with TLS has one certificate or several", () => {
    const options = { url: "https://[::1]", drafts: true, compression: true };
    const settings = { secure: true, hostname: "::1", port: 443, drafts: true, compression: true };
    expect(resolveListener({ ...options, tls }, PATH)).toEqual({
      settings: { ...settings, certificates: [tls] },
    });
    expect(resolveListener({ ...options, tls: [tls, tls] }, PATH)).toEqual({
      settings: { ...settings, certificates: [tls, tls] },
    });
  });

  test.each([
    ["ws://host:9000", "has the scheme `ws`; write `http://host:9000`"],
    ["wss://[::1]", "has the scheme `wss`; write `https://[::1]:8000`"],
    ["ftp://host:1", "has the scheme `ftp`; write `http://host:1`"],
    ["http://host:1/echo", "has a path `/echo`; paths are listed under `services`"],
    ["localhost:8000", "is not a URL; write `http://HOST:PORT` or `https://HOST:PORT`"],
    ["https://host", "is https and has no certificate; add `tls: { certificate: FILE, key: FILE }`"],
  ])("%s is refused", (url, message) => {
    expect(messageOf(resolveListener(url, PATH))).toBe(message);
  });

  test("of http has no certificate", () => {
    const judged = resolveListener({ url: "http://host:1", tls, drafts: false, compression: false }, PATH);
    expect(judged).toEqual({
      findings: [
        {
          path: ["listen", 0, "tls"],
          at: "key",
          message: "has no use on an http listener; write `https://host:1` to use it",
        },
      ],
    });
  });
});

test("the admin side is http, or off", () => {
  expect(resolveAdmin("off", [])).toEqual({ settings: undefined });
  expect(resolveAdmin("http://[::1]:8001", [])).toEqual({ settings: { hostname: "::1", port: 8001 } });
  expect(messageOf(resolveAdmin("https://host:1", []))).toBe("must be http: the admin side has no TLS");
  expect(messageOf(resolveAdmin("on", []))).toBe(
    "is not a URL; write `http://HOST:PORT` or `https://HOST:PORT`",
  );
});

describe("two addresses", () => {
  const collide = (a: string, b: string): boolean => {
    const endpoints = [a, b].map((hostname, index) => ({
      settings: { hostname, port: 80 },
      path: ["listen", index],
    }));
    return findCollisions(endpoints).length > 0;
  };

  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "127.0.0.1"],
    ["10.0.0.1", "0.0.0.0"],
    ["0.0.0.0", "localhost"],
    ["localhost", "::1"],
    ["::", "::1"],
  ])("%s and %s take one port twice", (a, b) => {
    expect(collide(a, b)).toBe(true);
  });

  test.each([
    ["127.0.0.1", "127.0.0.2"],
    ["127.0.0.1", "::1"],
    ["0.0.0.0", "::1"],
    ["::", "10.0.0.1"],
    ["localhost", "10.0.0.1"],
  ])("%s and %s do not", (a, b) => {
    expect(collide(a, b)).toBe(false);
  });

  test("collide on one port only, and never on a free one", () => {
    const at = (port: number, index: number) => ({
      settings: { hostname: "::1", port },
      path: ["listen", index],
    });
    expect(findCollisions([at(80, 0), at(81, 1), at(0, 2), at(0, 3)])).toEqual([]);
    expect(findCollisions([at(80, 0), at(80, 1)])).toEqual([
      { path: ["listen", 1], message: "is taken already: `listen[0]` has [::1]:80" },
    ]);
  });
});

test("loopback is what only this host reaches", () => {
  expect(["localhost", "127.0.0.1", "127.1.2.3", "::1"].every(isLoopback)).toBe(true);
  expect(["0.0.0.0", "::", "10.0.0.1", "127.example.com"].some(isLoopback)).toBe(false);
});
