// The server's half of the RFC 6455 opening handshake (§4.2): the judgement of a request whose head somebody else has
// parsed, and the answer as bytes. Judges no origin, path or subprotocol: those are policy.
import { formatHead, isHost, isToken, listHasToken } from "../bytes/http-token.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { acceptKey, assertExtraField, isKey, WEBSOCKET_VERSION } from "./handshake.ts";

/** A request's head. Each field is given as the values of its lines, so that a field sent twice is seen. */
export interface RequestFields {
  readonly method: string;
  /** Such as `1.1`; `undefined` where the HTTP layer does not tell, and then not judged. */
  readonly httpVersion: string | undefined;
  readonly host: readonly string[];
  readonly upgrade: readonly string[];
  readonly connection: readonly string[];
  /** `Sec-WebSocket-Key`. */
  readonly key: readonly string[];
  /** `Sec-WebSocket-Version`. */
  readonly version: readonly string[];
}

/** The first thing that is wrong with a request. `version` is answered by 426 with the version spoken (RFC 6455 §4.4). */
export type RequestProblem =
  | "method"
  | "http-version"
  | "host"
  | "upgrade"
  | "connection"
  | "version"
  | "key";

/** RFC 6455 §4.2.1, items 1 to 6. `undefined` when nothing is wrong. */
export function checkHandshakeRequest(fields: RequestFields): RequestProblem | undefined {
  const { method, httpVersion, host, upgrade, connection, key, version } = fields;
  if (method !== "GET") return "method";
  if (httpVersion !== undefined && !/^1\.[1-9]$/.test(httpVersion)) return "http-version";
  // RFC 9112 §3.2: two Host lines, or one that holds a list, are a smuggling attempt.
  if (host.length !== 1 || !isHost(host[0] ?? "")) return "host";
  if (!upgrade.some((value) => listHasToken(value, "websocket"))) return "upgrade";
  if (!connection.some((value) => listHasToken(value, "upgrade"))) return "connection";
  if (version.length !== 1 || version[0] !== WEBSOCKET_VERSION) return "version";
  if (key.length !== 1 || !isKey(key[0] ?? "")) return "key";
  return undefined;
}

export interface ServerHandshake {
  /** The request's `Sec-WebSocket-Key`, judged before. */
  readonly key: string;
  /** One of the offered names; empty when none is agreed. */
  readonly subprotocol: string;
  /** More fields, such as `Set-Cookie`. Those of the handshake itself are refused. */
  readonly extraFields: Iterable<readonly [name: string, value: string]>;
}

/** The 101 response (RFC 6455 §4.2.2). Throws `UsageError` when a part could end its line. */
export function formatHandshakeResponse(handshake: ServerHandshake): Uint8Array<ArrayBuffer> {
  const { key, subprotocol } = handshake;
  if (!isKey(key)) throw new UsageError("The key is not base64 of 16 bytes.");
  const fields: (readonly [string, string])[] = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(key)],
  ];
  if (subprotocol !== "") {
    if (!isToken(subprotocol)) throw new UsageError("The subprotocol is not a token.");
    fields.push(["Sec-WebSocket-Protocol", subprotocol]);
  }
  for (const field of handshake.extraFields) {
    assertExtraField(field[0]);
    fields.push(field);
  }
  return formatHead("HTTP/1.1 101 Switching Protocols", fields);
}
