import { describe, expect, test } from "bun:test";
import { toLatin1 } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import {
  checkHandshakeRequest,
  formatHandshakeResponse,
  type RequestFields,
  type RequestProblem,
  type ServerHandshake,
} from "./server-handshake.ts";

const REQUEST: RequestFields = {
  method: "GET",
  httpVersion: "1.1",
  host: ["server.example.com"],
  upgrade: ["websocket"],
  connection: ["Upgrade"],
  key: ["dGhlIHNhbXBsZSBub25jZQ=="],
  version: ["13"],
};

describe("a request (RFC 6455 §4.2.1)", () => {
  const sound: [string, Partial<RequestFields>][] = [
    ["as in the example", {}],
    ["with tokens in other cases", { upgrade: ["WebSocket"], connection: ["UPGRADE"] }],
    ["with Connection as a list", { connection: ["keep-alive, Upgrade"] }],
    ["with Connection in two lines", { connection: ["keep-alive", "Upgrade"] }],
    ["with more than one protocol to upgrade to", { upgrade: ["h2c, websocket"] }],
    ["whose HTTP version is not known", { httpVersion: undefined }],
  ];
  test.each(sound)("is sound %s", (_, part) => {
    expect(checkHandshakeRequest({ ...REQUEST, ...part })).toBeUndefined();
  });

  const broken: [RequestProblem, string, Partial<RequestFields>][] = [
    ["method", "POST", { method: "POST" }],
    ["method", "a lower-case get", { method: "get" }],
    ["http-version", "1.0", { httpVersion: "1.0" }],
    ["http-version", "2.0", { httpVersion: "2.0" }],
    ["host", "none", { host: [] }],
    ["host", "empty", { host: [""] }],
    ["host", "two lines", { host: ["a", "a"] }],
    ["host", "two lines that were joined", { host: ["a, a"] }],
    ["host", "with a path", { host: ["a/b"] }],
    ["upgrade", "none", { upgrade: [] }],
    ["upgrade", "another", { upgrade: ["websocket2"] }],
    ["connection", "none", { connection: [] }],
    ["connection", "close", { connection: ["close"] }],
    ["connection", "a word that contains it", { connection: ["xupgrade"] }],
    ["version", "none", { version: [] }],
    ["version", "8", { version: ["8"] }],
    ["version", "two lines", { version: ["13", "13"] }],
    ["version", "a list", { version: ["13, 8"] }],
    ["version", "with a zero before it", { version: ["013"] }],
    ["key", "none", { key: [] }],
    ["key", "of 15 bytes", { key: ["AQIDBAUGBwgJCgsMDQ4P"] }],
    ["key", "two lines", { key: ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="] }],
  ];
  test.each(broken)("has a problem with its %s: %s", (problem, _, part) => {
    expect(checkHandshakeRequest({ ...REQUEST, ...part })).toBe(problem);
  });

  test("of an old version is told so, whatever its key is (RFC 6455 §4.4)", () => {
    expect(checkHandshakeRequest({ ...REQUEST, version: ["6"], key: [] })).toBe("version");
  });
});

describe("the response (RFC 6455 §4.2.2)", () => {
  const HANDSHAKE: ServerHandshake = {
    key: "dGhlIHNhbXBsZSBub25jZQ==",
    subprotocol: "chat",
    extraFields: [["X", "y"]],
  };

  test("has these bytes", () => {
    expect(toLatin1(formatHandshakeResponse(HANDSHAKE))).toBe(
      "HTTP/1.1 101 Switching Protocols\r\n" +
        "Upgrade: websocket\r\n" +
        "Connection: Upgrade\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
        "Sec-WebSocket-Protocol: chat\r\n" +
        "X: y\r\n" +
        "\r\n",
    );
  });

  test("names no subprotocol when none is agreed", () => {
    expect(toLatin1(formatHandshakeResponse({ ...HANDSHAKE, subprotocol: "" }))).not.toContain("Protocol:");
  });

  const injected: [string, Partial<ServerHandshake>][] = [
    ["a key that is none", { key: "a\r\nX: y" }],
    ["a subprotocol with a line end", { subprotocol: "a\r\nX: y" }],
    ["a subprotocol that is no token", { subprotocol: "a b" }],
    ["a field value with a line end", { extraFields: [["X", "y\r\n\r\n"]] }],
    ["a second answer", { extraFields: [["Sec-WebSocket-Accept", "x"]] }],
  ];
  test.each(injected)("is not made with %s", (_, part) => {
    expect(() => formatHandshakeResponse({ ...HANDSHAKE, ...part })).toThrow(UsageError);
  });
});
