import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type HandshakeSource, readHandshake, splitTarget } from "./request-handshake.ts";

function read(headers: Record<string, string>, more: Partial<HandshakeSource> = {}, proxies: string[] = []) {
  return readHandshake(
    {
      method: "GET",
      url: "http://a/x",
      header: (name) => headers[name],
      headers: () => Object.entries(headers),
      peerAddress: "192.0.2.1",
      secure: false,
      listener: "http://localhost:8000",
      carrier: "websocket",
      connectionId: "c",
      ...more,
    },
    (address) => proxies.includes(address),
  );
}

describe("reading a handshake", () => {
  test.each(["", "a, b", "a b", "a:b", "a:123456", "user@a", "[::1", "a/b", "a\u0000", "é"])(
    "refuses the Host %p (RFC 9112 §3.2)",
    (host) => {
      expect(read({ host })).toBeUndefined();
    },
  );

  test("needs a Host", () => {
    expect(read({})).toBeUndefined();
  });

  test("gives the Host in lower case, with its port", () => {
    expect(read({ host: "Example.COM:8443" })?.host).toBe("example.com:8443");
    expect(read({ host: "[::1]:80" })?.host).toBe("[::1]:80");
  });

  test("takes offered subprotocols in order and once each, none of a malformed list (RFC 6455 §4.1)", () => {
    expect(read({ host: "a", "sec-websocket-protocol": "mqtt,, v12.stomp ,mqtt" })?.subprotocols).toEqual([
      "mqtt",
      "v12.stomp",
    ]);
    expect(read({ host: "a", "sec-websocket-protocol": "mqtt, alpha;q=1" })?.subprotocols).toEqual([]);
    expect(read({ host: "a" })?.subprotocols).toEqual([]);
  });

  test("believes nobody about the client's address or scheme by default", () => {
    const handshake = read({ host: "a", "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" });
    expect([handshake?.address, handshake?.secure]).toEqual(["192.0.2.1", false]);
  });

  test("believes a trusted proxy, and of the chain only what trusted proxies wrote", () => {
    const proxies = ["192.0.2.1", "192.0.2.2"];
    const headers = {
      host: "a",
      "x-forwarded-for": "1.1.1.1, 203.0.113.9, 192.0.2.2",
      "x-forwarded-proto": "https",
    };
    const handshake = read(headers, {}, proxies);
    expect([handshake?.address, handshake?.secure]).toEqual(["203.0.113.9", true]);
  });

  test.each([
    ["203.0.113.9:5555", "203.0.113.9"],
    ["[2001:db8::1]:5555", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
  ])("takes the port off what a proxy wrote: %s", (hop, address) => {
    expect(read({ host: "a", "x-forwarded-for": hop }, {}, ["192.0.2.1"])?.address).toBe(address);
  });

  test("falls back to the peer when the proxy's header is missing or no address", () => {
    for (const value of ["", "unknown", "1.2.3", "1.2.3.4:x", "[1.2.3.4", "203.0.113.9, <script>"]) {
      expect(read({ host: "a", "x-forwarded-for": value }, {}, ["192.0.2.1"])?.address).toBe("192.0.2.1");
    }
    expect(read({ host: "a" }, {}, ["192.0.2.1"])?.address).toBe("192.0.2.1");
  });

  test("reads an IPv4 peer of an IPv6 socket as IPv4", () => {
    expect(read({ host: "a" }, { peerAddress: "::ffff:192.0.2.9" })?.address).toBe("192.0.2.9");
  });
});

describe("splitting a target", () => {
  test.each([
    ["http://a/x/y?z=1?2", "/x/y", "z=1?2"],
    ["http://a", "/", ""],
    ["/x", "/x", ""],
    ["/x?", "/x", ""],
    ["/x?u=http://b/c", "/x", "u=http://b/c"],
    ["https://a:1/?q", "/", "q"],
  ])("%s", (url, path, query) => {
    expect(splitTarget(url)).toEqual({ path, query });
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.string(), (url) => typeof splitTarget(url).path === "string"));
  });
});
