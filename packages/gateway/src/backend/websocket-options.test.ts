import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { parseBackendUrl } from "../config/backend-url.ts";
import { markOf } from "../config/marks.ts";
import {
  formatHostHeader,
  headerFields,
  isReservedHeader,
  resolveTarget,
  tlsOptions,
} from "./websocket-options.ts";

function url(text: string) {
  const parsed = parseBackendUrl(text, ["ws", "wss", "tcp", "tls", "unix"]);
  return typeof parsed === "string" ? expect.unreachable(parsed) : parsed;
}

const webSocketUrl = (text: string) => {
  const parsed = parseBackendUrl(text, ["ws", "wss"]);
  return typeof parsed === "string" ? expect.unreachable(parsed) : parsed;
};

describe("fixed headers", () => {
  const schema = headerFields();

  test("take a name that is a token and a value of one line (RFC 9110 §5.5)", () => {
    const headers = { Authorization: "Bearer a b", "X-Key": "k\t1" };
    expect(schema.parse(headers)).toEqual(headers);
  });

  for (const value of ["", "a\r\nX-Evil: 1", "a\nb", "a\0b", " a", "a ", "€"]) {
    test(`refuse the value ${JSON.stringify(value)}`, () => {
      expect(schema.safeParse({ "X-Key": value }).success).toBe(false);
    });
  }

  for (const name of [
    "",
    "a b",
    "a:b",
    "Host",
    "origin",
    "Upgrade",
    "CONNECTION",
    "Sec-WebSocket-Key",
    "Transfer-Encoding",
  ]) {
    test(`refuse the name ${JSON.stringify(name)}`, () => {
      expect(schema.safeParse({ [name]: "x" }).success).toBe(false);
    });
  }

  test("have values that are printed masked", () => {
    expect(schema).toBeInstanceOf(z.ZodRecord);
    expect(markOf(schema.valueType)).toEqual({ kind: "secret" });
  });
});

test("fields of the handshake and of one connection are reserved in any case", () => {
  expect(isReservedHeader("sec-websocket-protocol")).toBe(true);
  expect(isReservedHeader("TE")).toBe(true);
  expect(isReservedHeader("sec-fetch-mode")).toBe(false);
});

describe("a target", () => {
  const tls = tlsOptions.parse({});

  test("is dialled plainly for tcp and ws, over TLS for tls and wss, by path for unix", () => {
    expect(resolveTarget(url("ws://a.example/x"), tls)).toEqual({
      scheme: "tcp",
      hostname: "a.example",
      port: 80,
    });
    expect(resolveTarget(url("tcp://a.example:7"), tls)).toEqual({
      scheme: "tcp",
      hostname: "a.example",
      port: 7,
    });
    expect(resolveTarget(url("unix:/run/a.sock"), tls)).toEqual({ scheme: "unix", path: "/run/a.sock" });
    expect(resolveTarget(url("wss://a.example"), { verify: false, serverName: "b.example" })).toEqual({
      scheme: "tls",
      hostname: "a.example",
      port: 443,
      verify: false,
      serverName: "b.example",
    });
  });

  test("needs its file of authorities to be readable", () => {
    expect(() => resolveTarget(url("wss://a.example"), { verify: true, ca: "/nosuch.pem" })).toThrow(
      "/nosuch.pem",
    );
  });
});

test("the Host header leaves out the scheme's own port, and only that (RFC 6455 §4.1)", () => {
  expect(formatHostHeader(webSocketUrl("ws://a.example:80/"))).toBe("a.example");
  expect(formatHostHeader(webSocketUrl("ws://a.example:443/"))).toBe("a.example:443");
  expect(formatHostHeader(webSocketUrl("wss://[::1]/"))).toBe("[::1]");
  expect(formatHostHeader(webSocketUrl("wss://[::1]:8443/"))).toBe("[::1]:8443");
});
