import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../service/fake-session.ts";
import { createOriginGuard, parseOrigin } from "./origin.ts";

const judge = (origin: string | undefined, origins: string[] = [], host = "gw.example", secure = true) =>
  createOriginGuard(() => origins).judge(
    createFakeHandshake({ host, secure, ...(origin === undefined ? {} : { origin }) }),
    0,
  );

describe("the origin guard (RFC 6455 §10.2)", () => {
  test("admits the gateway's own origin, with the default port left out or written", () => {
    expect(judge("https://gw.example")).toBeUndefined();
    expect(judge("https://gw.example", [], "gw.example:443")).toBeUndefined();
    expect(judge("http://gw.example:8000", [], "gw.example:8000", false)).toBeUndefined();
    expect(judge("https://GW.example")).toBeUndefined();
  });

  test.each([
    "https://evil.example",
    "http://gw.example",
    "https://gw.example:8443",
    "https://gw.example.evil.example",
    "https://evilgw.example",
    "https://gw.example@evil.example",
    "https://user@gw.example",
    "null",
    "",
    "https://gw.example, https://evil.example",
    "https://gw.example/",
    "file://",
  ])("refuses %p by default", (origin) => {
    expect(judge(origin)).toMatchObject({ code: "origin.refused" });
  });

  test("admits a client without an Origin: it is not a page", () => {
    expect(judge(undefined)).toBeUndefined();
  });

  test("admits listed origins exactly, subdomains by star, and anything by a lone star", () => {
    expect(judge("https://app.example", ["https://app.example"])).toBeUndefined();
    expect(judge("https://app.example:444", ["https://app.example"])).toBeDefined();
    expect(judge("https://a.b.app.example", ["https://*.app.example"])).toBeUndefined();
    expect(judge("https://app.example", ["https://*.app.example"])).toBeDefined();
    expect(judge("https://evilapp.example", ["https://*.app.example"])).toBeDefined();
    expect(judge("http://a.app.example", ["https://*.app.example"])).toBeDefined();
    expect(judge("https://evil.example", ["*"])).toBeUndefined();
    expect(judge("null", ["null"])).toBeUndefined();
  });

  test("leaves plain HTTP requests to the services", () => {
    const guard = createOriginGuard(() => []);
    expect(
      guard.judge({ ...createFakeHandshake({ origin: "https://evil.example" }), carrier: "http" }, 0),
    ).toBeUndefined();
  });

  test("parses tuple origins only (RFC 6454 §7)", () => {
    expect(parseOrigin("https://a.example:443")).toEqual({ scheme: "https", name: "a.example", port: "" });
    expect(parseOrigin("http://[::1]:8000")).toEqual({ scheme: "http", name: "[::1]", port: "8000" });
    expect(parseOrigin("null")).toBeUndefined();
  });
});
