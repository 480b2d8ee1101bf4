// The one object that guards and services judge a newcomer by, whatever carrier it came on. Holds no socket.

/** How the bytes travel. `http` is a plain request, not (yet) a session. */
export type CarrierKind = "websocket" | "hixie-75" | "hixie-76" | "http";

export interface Handshake {
  readonly carrier: CarrierKind;
  /** Unique in this process; on every log line that concerns this connection. */
  readonly connectionId: string;
  readonly method: string;
  /** Absolute, without query, dot segments resolved, percent-encoding as sent. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** The Host header in lower case, port included where sent. Never empty. */
  readonly host: string;
  readonly secure: boolean;
  /** The Origin header as sent (RFC 6454), or `undefined`: then the client is not a page. `"null"` is an origin. */
  readonly origin: string | undefined;
  /** The client's IP address: the peer's, or the one that a trusted proxy names. */
  readonly address: string;
  /** Offered subprotocols in the client's order; each a valid token (RFC 9110 §5.6.2), no repeats. */
  readonly subprotocols: readonly string[];
  /** The name of the listener it came in by, such as `http://localhost:8000`. */
  readonly listener: string;
  /** A request header by its lower-case name; repeated ones joined by `, `. */
  header(name: string): string | undefined;
  /** All request headers, lower-case names; for services that forward them. */
  headers(): Iterable<readonly [string, string]>;
}
