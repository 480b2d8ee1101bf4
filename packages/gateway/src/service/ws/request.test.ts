import { describe, expect, test } from "bun:test";
import { createFakeHandshake, type FakeHandshakeFields } from "../fake-session.ts";
import { wsOptions } from "./options.ts";
import { createRequest, isLoop } from "./request.ts";

const target = { scheme: "tcp", hostname: "127.0.0.1", port: 9 } as const;

function requestOf(options: object, fields: FakeHandshakeFields = {}) {
  const settings = wsOptions.parse({ connect: "ws://back.example:9/chat", forwarded: "none", ...options });
  return createRequest(createFakeHandshake(fields), {
    settings,
    target,
    subprotocols: ["v1"],
    pseudonym: "sluice-x",
  });
}

const headersOf = (options: object, fields: FakeHandshakeFields = {}) =>
  requestOf(options, fields).headers.filter(([name]) => name !== "Via");

test("a request goes to the configured path, with the offers it was given", () => {
  expect(requestOf({})).toEqual({
    target,
    host: "back.example:9",
    path: "/chat",
    origin: undefined,
    subprotocols: ["v1"],
    headers: [["Via", "1.1 sluice-x"]],
  });
});

describe("the query of the client", () => {
  test("is added to the back end's path as it was sent", () => {
    expect(requestOf({}, { query: "a=1&b=%20;c" }).path).toBe("/chat?a=1&b=%20;c");
    expect(requestOf({ connect: "ws://b.example/x?k=v" }, { query: "a=1" }).path).toBe("/x?k=v&a=1");
  });

  test("is dropped if asked to, which leaves the configured one", () => {
    expect(requestOf({ query: "drop", connect: "ws://b.example/x?k=v" }, { query: "a=1" }).path).toBe(
      "/x?k=v",
    );
  });

  test("cannot leave the request line: what has no place there is percent-encoded", () => {
    expect(requestOf({}, { query: "a= HTTP/1.1\r\nX: y#€\0\ud800" }).path).toBe(
      "/chat?a=%20HTTP/1.1%0D%0AX:%20y%23%E2%82%AC%00%EF%BF%BD",
    );
  });
});

describe("the origin for the back end", () => {
  const origin = "https://page.example";

  test("is the client's own, none, or always the configured one", () => {
    expect(requestOf({}, { origin }).origin).toBe(origin);
    expect(requestOf({}).origin).toBeUndefined();
    expect(requestOf({ origin: "none" }, { origin }).origin).toBeUndefined();
    expect(requestOf({ origin: "https://gate.example" }, { origin }).origin).toBe("https://gate.example");
  });

  test("is left out when it is no header value", () => {
    expect(requestOf({}, { origin: "https://a\r\nX: y" }).origin).toBeUndefined();
  });
});

describe("headers for the back end", () => {
  test("of the client are the listed ones alone, in any case of the list", () => {
    const headers = { cookie: "a=1; b=2", authorization: "Bearer t", "user-agent": "x" };
    expect(headersOf({ forward: ["Cookie", "authorization", "x-absent"] }, { headers })).toEqual([
      ["cookie", "a=1; b=2"],
      ["authorization", "Bearer t"],
    ]);
  });

  test("cannot be split by a client", () => {
    expect(headersOf({ forward: ["cookie"] }, { headers: { cookie: "a\r\nX: y" } })).toEqual([]);
  });

  test("of the operator are always there", () => {
    expect(headersOf({ headers: { "X-Key": "k" } })).toEqual([["X-Key", "k"]]);
  });
});

describe("who the client is", () => {
  const client = { address: "192.0.2.7", host: "gate.example:8443", secure: true };

  test("is told in X-Forwarded-* headers, in Forwarded (RFC 7239 §4), in both or not at all", () => {
    const x = [
      ["X-Forwarded-For", "192.0.2.7"],
      ["X-Forwarded-Proto", "https"],
      ["X-Forwarded-Host", "gate.example:8443"],
    ] as [string, string][];
    const forwarded: [string, string] = ["Forwarded", 'for=192.0.2.7;proto=https;host="gate.example:8443"'];
    expect(headersOf({ forwarded: "x-forwarded" }, client)).toEqual(x);
    expect(headersOf({ forwarded: "forwarded" }, client)).toEqual([forwarded]);
    expect(headersOf({ forwarded: "both" }, client)).toEqual([...x, forwarded]);
    expect(headersOf({ forwarded: "none" }, client)).toEqual([]);
  });

  test("has an IPv6 address in brackets and quotes (RFC 7239 §6)", () => {
    const fields = { address: "2001:db8::7" };
    expect(headersOf({ forwarded: "forwarded" }, fields)[0]?.[1]).toStartWith(
      'for="[2001:db8::7]";proto=http;',
    );
  });

  test("cannot be forged by the Host header", () => {
    const fields = { address: "192.0.2.7", host: 'a";for=10.0.0.1\\' };
    expect(headersOf({ forwarded: "forwarded" }, fields)).toEqual([
      ["Forwarded", 'for=192.0.2.7;proto=http;host="a\\";for=10.0.0.1\\\\"'],
    ]);
  });
});

describe("a loop", () => {
  test("is seen by this service's own name in Via (RFC 9110 §7.6.3), whatever else stands there", () => {
    const passed = requestOf({}, { headers: { via: "1.0 proxy.example (note)" } }).headers;
    expect(passed).toEqual([["Via", "1.0 proxy.example (note), 1.1 sluice-x"]]);
    const back = createFakeHandshake({
      headers: { via: "1.0 proxy.example (note), 1.1 sluice-x, 1.1 other" },
    });
    expect(isLoop(back, "sluice-x")).toBe(true);
  });

  test("is not seen where the name is another, or there is no Via", () => {
    expect(isLoop(createFakeHandshake(), "sluice-x")).toBe(false);
    expect(isLoop(createFakeHandshake({ headers: { via: "1.1 sluice-xy, 1.1" } }), "sluice-x")).toBe(false);
  });
});
