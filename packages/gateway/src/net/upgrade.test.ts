import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../service/fake-session.ts";
import { findUpgradeProblem } from "./upgrade.ts";

const good = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

function find(headers: Record<string, string | undefined>, method = "GET") {
  const merged = Object.entries({ ...good, ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return findUpgradeProblem({ ...createFakeHandshake({ headers: Object.fromEntries(merged) }), method })
    ?.code;
}

describe("a WebSocket handshake (RFC 6455 §4.2.1)", () => {
  test("is taken as the RFC shows it, and with lists and other letter case", () => {
    expect(find({})).toBeUndefined();
    expect(find({ connection: "keep-alive, UPGRADE", upgrade: "h2c, WebSocket" })).toBeUndefined();
  });

  test.each([
    ["another method", {}, "POST"],
    ["no Connection", { connection: undefined }, "GET"],
    ["a Connection that only contains the word", { connection: "xupgrade" }, "GET"],
    ["an Upgrade that only contains the word", { upgrade: "notwebsocket" }, "GET"],
    ["no key", { "sec-websocket-key": undefined }, "GET"],
    ["a key of 15 bytes", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25j" }, "GET"],
    ["a key that is not base64", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZ!==" }, "GET"],
    ["a key with bits beyond its 16 bytes", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZR==" }, "GET"],
    ["a subprotocol that is no token", { "sec-websocket-protocol": "a, b;q=1" }, "GET"],
    ["two keys", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==" }, "GET"],
  ])("is refused with %s", (_name, headers, method) => {
    expect(find(headers, method)).toBe("handshake.invalid");
  });

  test.each(["8", "14", "013", "13, 8", undefined])("is refused with version %p (§4.4)", (version) => {
    expect(find({ "sec-websocket-version": version })).toBe("handshake.version");
  });
});
