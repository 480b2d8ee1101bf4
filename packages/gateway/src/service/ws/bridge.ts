// One client and its back-end WebSocket, tied together. Chooses no back end and builds no headers: its callers do.
import type { DialBudget, TcpTarget } from "../../host/tcp.ts";
import type { Handshake } from "../../session/handshake.ts";
import type { Acceptance, ServiceContext } from "../service.ts";

/** Where the back end is, and what its opening handshake says (RFC 6455 §4.1). */
export interface WebSocketRequest {
  readonly target: TcpTarget;
  /** The Host header: host, and port unless it is the scheme's own. */
  readonly host: string;
  /** Path and query as they stand in the request line. */
  readonly path: string;
  readonly origin: string | undefined;
  /** Offered in this order; valid tokens. */
  readonly subprotocols: readonly string[];
  /** Further fields. What belongs to the handshake itself (`Sec-WebSocket-*`, `Upgrade`, `Connection`, `Host`, `Origin`) may not stand here. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface BridgeSettings {
  /** From the dial to the back end's 101, name lookup and TLS included. Then the client is closed with 1014. */
  readonly connectTimeoutMs: number;
  /** Largest message from the back end; a larger one closes both sides with 1009. */
  readonly backendMessageMaxBytes: number;
  /** Silence of the back end after which it counts as lost; at half of it it is pinged. `Infinity`: never. */
  readonly backendIdleTimeoutMs: number;
  /** Connects under way, shared by all clients of the service. */
  readonly budget: DialBudget;
}

/**
 * Connects to the back end with the client's offers, and answers the client with what the back end chose.
 * A back end that cannot be reached still gives an acceptance: the client is then closed at once with the failure's
 * code, since a page can read a close code and not an HTTP status.
 */
export type AcceptThroughWebSocket = (
  handshake: Handshake,
  request: WebSocketRequest,
  settings: BridgeSettings,
  context: ServiceContext,
) => Promise<Acceptance>;
