// What makes a request a WebSocket handshake (RFC 6455 §4.2.1). Bun.serve upgrades more than the RFC allows, so the
// rules are checked here. The HTTP version is not shown by the host: a 1.0 request that satisfies the rest is taken.
import { listHasToken } from "@sluice/wire/bytes";
import type { Refusal } from "../guard/guard.ts";
import type { Handshake } from "../session/handshake.ts";

/** 16 bytes in base64: 22 characters, the last of which carries 4 bits, and padding. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

export function findUpgradeProblem(handshake: Handshake): Refusal | undefined {
  const invalid = (detail: string): Refusal => ({ code: "handshake.invalid", detail });
  if (handshake.method !== "GET") return invalid(`method ${handshake.method}`);
  if (!listHasToken(handshake.header("upgrade") ?? "", "websocket")) return invalid("no Upgrade: websocket");
  if (!listHasToken(handshake.header("connection") ?? "", "upgrade"))
    return invalid("no Connection: Upgrade");
  const version = handshake.header("sec-websocket-version");
  if (version !== "13") return { code: "handshake.version", detail: `version ${version ?? "missing"}` };
  if (!KEY.test(handshake.header("sec-websocket-key") ?? ""))
    return invalid("Sec-WebSocket-Key is not 16 bytes");
  return undefined;
}
