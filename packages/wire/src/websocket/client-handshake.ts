// The client's half of the RFC 6455 opening handshake (§4.1): its request as bytes, and the judgement of the answer.
// Offers no extension, follows no redirect, and knows nothing of URLs, TLS or proxies.
import { formatHead, isHost, isOriginForm, isToken, listHasToken } from "../bytes/http-token.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { acceptKey, assertExtraField, isKey, WEBSOCKET_VERSION } from "./handshake.ts";
import { createHeadReader, type HeadLimits, type ResponseHead } from "./response-head.ts";

export interface ClientHandshake {
  /** Path and query, percent-encoded, such as `/chat?room=1`. */
  readonly target: string;
  /** Name or address, and the port unless it is the scheme's own. */
  readonly host: string;
  /** Of `formatKey`. */
  readonly key: string;
  /** Unique tokens in order of preference; empty offers none. */
  readonly subprotocols: readonly string[];
  /** The `Origin` of the page on whose behalf this is asked; `undefined` for a client that is no page. */
  readonly origin: string | undefined;
  /** More fields, such as `Authorization` or `Cookie`. Those of the handshake itself are refused. */
  readonly extraFields: Iterable<readonly [name: string, value: string]>;
}

/** Throws `UsageError` when a part could end its line or change the request: nothing of a peer may get here unjudged. */
export function formatHandshakeRequest(handshake: ClientHandshake): Uint8Array<ArrayBuffer> {
  const { target, host, key, subprotocols, origin } = handshake;
  if (!isOriginForm(target)) throw new UsageError("The request target is not a path with a query.");
  if (!isHost(host)) throw new UsageError("The host is not a name with an optional port.");
  if (!isKey(key)) throw new UsageError("The key is not base64 of 16 bytes.");
  // RFC 6455 §4.1, item 10: tokens, each once.
  if (!subprotocols.every((name) => isToken(name)) || new Set(subprotocols).size < subprotocols.length) {
    throw new UsageError("The subprotocols are not unique tokens.");
  }
  const fields: (readonly [string, string])[] = [
    ["Host", host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", WEBSOCKET_VERSION],
  ];
  if (subprotocols.length > 0) fields.push(["Sec-WebSocket-Protocol", subprotocols.join(", ")]);
  if (origin !== undefined) fields.push(["Origin", origin]);
  for (const field of handshake.extraFields) {
    assertExtraField(field[0]);
    fields.push(field);
  }
  return formatHead(`GET ${target} HTTP/1.1`, fields);
}

/** Why an answer is not the opening of a WebSocket; each is reached by one rule of RFC 6455 §4.1. */
export type ResponseProblem =
  | "head-too-large"
  | "head-malformed"
  | "http-version"
  | "status"
  | "upgrade"
  | "connection"
  | "accept"
  | "extension"
  | "subprotocol";

export type HandshakeOutcome =
  /** `subprotocol` is empty when none was agreed; `rest` holds the first bytes of frames, as a view of the chunk. */
  | {
      readonly type: "opened";
      readonly subprotocol: string;
      readonly head: ResponseHead;
      readonly rest: Uint8Array;
    }
  /** `head` is `undefined` when it could not be read. With the problem `status` it is an ordinary HTTP answer. */
  | { readonly type: "refused"; readonly problem: ResponseProblem; readonly head: ResponseHead | undefined };

export interface ResponseReader {
  /** Takes the next bytes of the server; `undefined` while the head is not whole. Throws once there was an outcome. */
  read(chunk: Uint8Array): HandshakeOutcome | undefined;
  readonly heldBytes: number;
}

export function createResponseReader(
  handshake: Pick<ClientHandshake, "key" | "subprotocols">,
  limits: HeadLimits,
): ResponseReader {
  const reader = createHeadReader(limits);
  return {
    get heldBytes() {
      return reader.heldBytes;
    },
    read(chunk) {
      const outcome = reader.read(chunk);
      if (outcome === undefined) return undefined;
      if (outcome.type === "fault") return { type: "refused", problem: outcome.problem, head: undefined };
      const { head, rest } = outcome;
      const problem = checkResponse(head, handshake);
      if (problem !== undefined) return { type: "refused", problem, head };
      return {
        type: "opened",
        subprotocol: head.fields.get("sec-websocket-protocol")?.[0] ?? "",
        head,
        rest,
      };
    },
  };
}

function checkResponse(
  head: ResponseHead,
  { key, subprotocols }: Pick<ClientHandshake, "key" | "subprotocols">,
): ResponseProblem | undefined {
  const upgrade = head.fields.get("upgrade") ?? [];
  const connection = head.fields.get("connection") ?? [];
  const accept = head.fields.get("sec-websocket-accept") ?? [];
  const chosen = head.fields.get("sec-websocket-protocol") ?? [];
  // An answer of HTTP/1.0 cannot upgrade (RFC 9110 §7.8), whatever its fields say.
  if (!/^1\.[1-9]$/.test(head.httpVersion)) return "http-version";
  if (head.status !== 101) return "status";
  if (upgrade.length !== 1 || upgrade[0]?.toLowerCase() !== "websocket") return "upgrade";
  if (!connection.some((value) => listHasToken(value, "upgrade"))) return "connection";
  if (accept.length !== 1 || accept[0] !== acceptKey(key)) return "accept";
  // Items 5 and 6: nothing that was not offered, and no extension was.
  if (head.fields.has("sec-websocket-extensions")) return "extension";
  if (chosen.length > 1 || chosen.some((name) => !subprotocols.includes(name))) return "subprotocol";
  return undefined;
}
