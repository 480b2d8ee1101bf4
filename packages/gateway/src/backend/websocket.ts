// WebSockets that the gateway opens to back ends, as services see them. Types alone;
// websocket-dialer.ts makes them.
import type { Failure } from "../failure.ts";
import type { TcpTarget } from "../host/tcp.ts";
import type { Message } from "../session/session.ts";

/** Where the back end is, and what its opening handshake says (RFC 6455 §4.1). */
export interface WebSocketRequest {
  readonly target: TcpTarget;
  /** The Host header: host, and port unless it is the scheme's own. */
  readonly host: string;
  /** Path and query as they stand in the request line. */
  readonly path: string;
  readonly origin: string | undefined;
  /** Offered in this order; valid tokens, no repeats. */
  readonly subprotocols: readonly string[];
  /** Further fields. What belongs to the handshake itself (`isReservedHeader`) may not stand here. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface WebSocketHandler {
  /** The back end took the handshake. `subprotocol` is empty when it chose none. At most once. */
  opened(subprotocol: string): void;
  /** Bytes are valid only during the call. */
  message(message: Message): void;
  /** `bufferedBytes` has become less. */
  drained(): void;
  /**
   * The end, exactly once and never before `open` returns. The code is the back end's, or 1005 for a Close without one
   * (RFC 6455 §7.1.5); with a failure there was no orderly Close, and the code is 1006.
   */
  closed(code: number, reason: string, failure: Failure | undefined): void;
}

export interface BackendWebSocket {
  readonly isOpen: boolean;
  /** Bytes, framing included, that `send` took and the kernel has not yet taken. */
  readonly bufferedBytes: number;
  /** Takes a message, always; the bytes may be reused as soon as it returns. Does nothing before `opened` and after the end. */
  send(message: Message): void;
  /** No message is delivered until `resume`; what was read already is held, the rest waits in the kernel. */
  pause(): void;
  resume(): void;
  /** Sends Close after what was sent, and waits for the back end's, but not long. 1005 sends a Close without code. */
  close(code: number, reason: string): void;
  /** Ends at once. `WebSocketHandler.closed` follows with 1006, before this returns where it was open. */
  terminate(): void;
}

/** Opens WebSockets with the same settings, and bounds how many of them are under way. */
export interface WebSocketDialer {
  /** Starts to connect and returns at once. Failures come through `handler.closed`; a request that breaks its contract throws. */
  open(request: WebSocketRequest, handler: WebSocketHandler): BackendWebSocket;
}
