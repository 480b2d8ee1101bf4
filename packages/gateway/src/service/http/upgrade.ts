// From a client's WebSocket handshake to the back end's, on the same mapping as plain requests.
import type { WebSocketRequest } from "../../backend/websocket.ts";
import { isReservedHeader } from "../../backend/websocket-options.ts";
import type { TcpTarget } from "../../host/tcp.ts";
import type { Handshake } from "../../session/handshake.ts";
import { cleanValue } from "./header-filter.ts";
import { mapRequest, type RequestMapping } from "./request.ts";

/** `undefined`: the path leads out of what the back end is to serve. */
export function mapUpgrade(
  handshake: Handshake,
  target: TcpTarget,
  subprotocols: readonly string[],
  mapping: RequestMapping,
): WebSocketRequest | undefined {
  const request = mapRequest(handshake, handshake.headers(), mapping);
  if (request === undefined) return undefined;
  const { origin } = handshake;
  return {
    target,
    host: request.host,
    path: request.target,
    origin: origin === undefined ? undefined : cleanValue(origin),
    subprotocols,
    // The handshake of this hop has its own (RFC 6455 §4.1), extensions included: they end here.
    headers: request.fields
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([name, value]) => !isReservedHeader(name) && value !== ""),
  };
}
