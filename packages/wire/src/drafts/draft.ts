// The two drafts that browsers spoke before RFC 6455, and how a request shows which of them it means.
// The later HyBi drafts (Sec-WebSocket-Version 4 to 8) are not spoken here.

/**
 * `hixie-75`: draft-hixie-thewebsocketprotocol-75 and its like of 2009. `hixie-76`: draft -76 of 2010, the same text as
 * draft-ietf-hybi-thewebsocketprotocol-00, with a challenge and a close frame.
 */
export type Draft = "hixie-75" | "hixie-76";

/** The fields that tell, as the values of their lines; empty where the request has none. */
export interface DraftSigns {
  /** `Sec-WebSocket-Version`. */
  readonly version: readonly string[];
  /** `Sec-WebSocket-Key`. */
  readonly key: readonly string[];
  /** `Sec-WebSocket-Key1`. */
  readonly key1: readonly string[];
  /** `Sec-WebSocket-Key2`. */
  readonly key2: readonly string[];
}

/**
 * Which draft a WebSocket upgrade request speaks; `undefined` for RFC 6455 and the HyBi drafts before it. One of the two
 * keys is enough to mean hixie-76, so that its absence is refused there instead of opening without a challenge.
 */
export function classifyDraft({ version, key, key1, key2 }: DraftSigns): Draft | undefined {
  if (version.length > 0 || key.length > 0) return undefined;
  return key1.length > 0 || key2.length > 0 ? "hixie-76" : "hixie-75";
}

/** The names of the drafts' own response fields; hixie-76 reserved `Sec-` so that scripts cannot set them. */
export const DRAFT_FIELDS = {
  "hixie-75": {
    origin: "WebSocket-Origin",
    location: "WebSocket-Location",
    subprotocol: "WebSocket-Protocol",
  },
  "hixie-76": {
    origin: "Sec-WebSocket-Origin",
    location: "Sec-WebSocket-Location",
    subprotocol: "Sec-WebSocket-Protocol",
  },
} as const satisfies Record<Draft, object>;

export interface LocationParts {
  readonly secure: boolean;
  /** The request's Host. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
}

/** The URL that the client opened, as it must be told it: lower-case host, no port where it is the scheme's own. */
export function formatLocation({ secure, host, target }: LocationParts): string {
  const bare = host.toLowerCase().replace(secure ? /:(?:443)?$/ : /:(?:80)?$/, "");
  return `${secure ? "wss" : "ws"}://${bare}${target}`;
}
