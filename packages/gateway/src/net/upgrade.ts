// What makes a request a WebSocket handshake (RFC 6455 §4.2.1). Bun.serve upgrades more than the RFC allows, so the
// rules are checked here. It does not show the HTTP version: there a 1.0 request that satisfies the rest is taken.
import { checkHandshakeRequest, parseSubprotocols, type RequestProblem } from "@sluice/wire/websocket";
import type { Refusal } from "../guard/guard.ts";
import type { Handshake } from "../session/handshake.ts";

const DETAILS: Readonly<Record<RequestProblem, string>> = {
  method: "the method is not GET",
  "http-version": "HTTP/1.1 is needed",
  host: "malformed Host",
  upgrade: "no Upgrade: websocket",
  connection: "no Connection: Upgrade",
  version: "another version than 13",
  key: "Sec-WebSocket-Key is not 16 bytes",
};

export function findUpgradeProblem(handshake: Handshake, httpVersion?: string): Refusal | undefined {
  // A field sent twice arrives joined by a comma, which neither key nor version can hold.
  const values = (name: string): readonly string[] => {
    const value = handshake.header(name);
    return value === undefined ? [] : [value];
  };
  const problem = checkHandshakeRequest({
    method: handshake.method,
    httpVersion,
    host: [handshake.host],
    upgrade: values("upgrade"),
    connection: values("connection"),
    key: values("sec-websocket-key"),
    version: values("sec-websocket-version"),
  });
  if (problem === "version") return { code: "handshake.version", detail: DETAILS.version };
  if (problem !== undefined) return { code: "handshake.invalid", detail: DETAILS[problem] };
  if (parseSubprotocols(values("sec-websocket-protocol")) !== undefined) return undefined;
  return { code: "handshake.invalid", detail: "a subprotocol is not a token" };
}
