// `ws`: ties each client to a WebSocket of its own to another server. Passes messages, close codes and the choice of
// the subprotocol; knows nothing of what is said.

import { createWebSocketDialer } from "../../backend/websocket-dialer.ts";
import { resolveTarget } from "../../backend/websocket-options.ts";
import { fillRandom } from "../../host/random-bytes.ts";
import type { Handshake } from "../../session/handshake.ts";
import type { Acceptance, ServiceContext, ServiceDefinition } from "../service.ts";
import { chooseSubprotocol } from "../subprotocol.ts";
import { acceptThroughWebSocket } from "../websocket-bridge.ts";
import { type WsSettings, wsOptions } from "./options.ts";
import { createRequest, isLoop } from "./request.ts";

export const ws: ServiceDefinition<typeof wsOptions, "ws"> = {
  type: "ws",
  summary: "Ties each client to a connection of its own to another WebSocket server.",
  match: "exact",
  options: wsOptions,
  create(settings, context) {
    const accept = createAccept(settings, context);
    return { accept, stop() {} };
  },
};

/** A name in `Via` that tells nothing of the host, and is no other service's. */
function createPseudonym(): string {
  const bytes = new Uint8Array(12);
  fillRandom(bytes);
  return `sluice-${Buffer.from(bytes).toString("hex")}`;
}

function createAccept(
  settings: WsSettings,
  context: ServiceContext,
): (handshake: Handshake) => Acceptance | Promise<Acceptance> {
  const served = context.common.subprotocols;
  const target = resolveTarget(settings.connect, settings.tls);
  const pseudonym = createPseudonym();
  const dialer = createWebSocketDialer(
    {
      connectTimeoutMs: settings.connectTimeout,
      messageMaxBytes: settings.backendMessageMaxSize,
      idleTimeoutMs: settings.backendIdleTimeout,
      pendingConnectsMax: settings.pendingConnectsMax,
    },
    context.clock,
  );
  return (handshake) => {
    if (isLoop(handshake, pseudonym)) return { refusal: { code: "backend.loop", detail: context.path } };
    const offered = handshake.subprotocols;
    const choice = chooseSubprotocol(offered, served);
    if (typeof choice !== "string") return { refusal: choice };
    const subprotocols = served.length === 0 ? offered : offered.filter((name) => served.includes(name));
    const request = createRequest(handshake, { settings, target, subprotocols, pseudonym });
    return acceptThroughWebSocket(request, dialer, context);
  };
}
