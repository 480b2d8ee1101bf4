// Every way in which the gateway refuses, ends or fails something, in one table: what an operator reads,
// what the client is told, and whether trying again can help. Nothing here knows who raises a failure.

/**
 * May the client try again?
 * `never`: not without a change on its side. `later`: the same request may succeed after a pause.
 * `elsewhere`: this gateway or service is going; another one may take the client.
 */
export type Retry = "never" | "later" | "elsewhere";

export interface FailureKind {
  /** One sentence for a log or a status page. Holds no detail of this one case. */
  readonly message: string;
  /** The WebSocket close code (RFC 6455 §7.4, IANA registry) once a session is open. */
  readonly closeCode: number;
  /** The HTTP status while there is no session yet. */
  readonly httpStatus: number;
  readonly retry: Retry;
}

/**
 * Close codes used are those of the IANA registry: 1000–1014, 3000 unauthorized, 3003 forbidden, 3008 timeout.
 * 4000–4999 is never used by the gateway itself: it belongs to applications and is passed through.
 */
export const FAILURES = {
  "handshake.invalid": {
    message: "The request is not a valid WebSocket handshake.",
    closeCode: 1002,
    httpStatus: 400,
    retry: "never",
  },
  "handshake.version": {
    message: "The WebSocket version is not supported; this gateway speaks version 13.",
    closeCode: 1002,
    httpStatus: 426,
    retry: "never",
  },
  "path.unknown": { message: "No service has this path.", closeCode: 1008, httpStatus: 404, retry: "never" },
  "upgrade.required": {
    message: "This path is a WebSocket endpoint.",
    closeCode: 1008,
    httpStatus: 426,
    retry: "never",
  },
  "upgrade.unsupported": {
    message: "This path does not take WebSocket connections.",
    closeCode: 1008,
    httpStatus: 400,
    retry: "never",
  },
  "method.unsupported": {
    message: "This path does not take this method.",
    closeCode: 1008,
    httpStatus: 405,
    retry: "never",
  },
  "request.unsupported": {
    message: "The gateway cannot pass on this kind of request.",
    closeCode: 1008,
    httpStatus: 501,
    retry: "never",
  },
  "subprotocol.unsupported": {
    message: "None of the offered subprotocols is served here.",
    closeCode: 1008,
    httpStatus: 400,
    retry: "never",
  },
  "host.refused": {
    message: "This Host name is not served here.",
    closeCode: 3003,
    httpStatus: 421,
    retry: "never",
  },
  "address.refused": {
    message: "This address is not admitted.",
    closeCode: 3003,
    httpStatus: 403,
    retry: "never",
  },
  "origin.refused": {
    message: "This origin is not admitted.",
    closeCode: 3003,
    httpStatus: 403,
    retry: "never",
  },
  "rate.exceeded": {
    message: "Too many connection attempts from this address.",
    closeCode: 1013,
    httpStatus: 429,
    retry: "later",
  },
  "limit.connections": {
    message: "The limit of connections is reached.",
    closeCode: 1013,
    httpStatus: 503,
    retry: "later",
  },
  "limit.address": {
    message: "The limit of connections from this address is reached.",
    closeCode: 1013,
    httpStatus: 429,
    retry: "later",
  },
  "limit.descriptors": {
    message: "The gateway is at its limit of file descriptors.",
    closeCode: 1013,
    httpStatus: 503,
    retry: "later",
  },
  "limit.memory": {
    message: "The gateway is at its limit of memory.",
    closeCode: 1013,
    httpStatus: 503,
    retry: "later",
  },
  "message.too_big": {
    message: "The message is larger than this service takes.",
    closeCode: 1009,
    httpStatus: 413,
    retry: "never",
  },
  "message.kind": {
    message: "This service does not take this kind of message.",
    closeCode: 1003,
    httpStatus: 415,
    retry: "never",
  },
  "session.idle": {
    message: "Nothing was heard from the client, not even a pong.",
    closeCode: 3008,
    httpStatus: 408,
    retry: "later",
  },
  "session.slow": {
    message: "The client reads too slowly.",
    closeCode: 1013,
    httpStatus: 503,
    retry: "later",
  },
  "session.stalled": {
    message: "Nothing could be passed on for the idle timeout: the receiving side takes no data.",
    closeCode: 1013,
    httpStatus: 503,
    retry: "later",
  },
  "session.closed_by_operator": {
    message: "An operator closed the connection.",
    closeCode: 1008,
    httpStatus: 503,
    retry: "later",
  },
  "session.bug": { message: "The gateway failed.", closeCode: 1011, httpStatus: 500, retry: "later" },
  "service.stopped": {
    message: "The service was changed or removed.",
    closeCode: 1012,
    httpStatus: 503,
    retry: "later",
  },
  "gateway.stopping": {
    message: "The gateway is stopping.",
    closeCode: 1001,
    httpStatus: 503,
    retry: "elsewhere",
  },
  "backend.refused": {
    message: "The back end refused the connection.",
    closeCode: 1014,
    httpStatus: 502,
    retry: "later",
  },
  "backend.unresolved": {
    message: "The back end's name could not be resolved.",
    closeCode: 1014,
    httpStatus: 502,
    retry: "later",
  },
  "backend.unreachable": {
    message: "The back end could not be reached.",
    closeCode: 1014,
    httpStatus: 502,
    retry: "later",
  },
  "backend.timeout": {
    message: "The back end did not answer in time.",
    closeCode: 1014,
    httpStatus: 504,
    retry: "later",
  },
  "backend.silent": {
    message: "The back end took the connection and said nothing.",
    closeCode: 1014,
    httpStatus: 504,
    retry: "later",
  },
  "backend.busy": {
    message: "Too many connects to the back end are pending.",
    closeCode: 1013,
    httpStatus: 503,
    retry: "later",
  },
  "backend.reset": {
    message: "The back end broke the connection.",
    closeCode: 1014,
    httpStatus: 502,
    retry: "later",
  },
  "backend.tls": {
    message: "The back end's certificate or TLS handshake was not acceptable.",
    closeCode: 1014,
    httpStatus: 502,
    retry: "later",
  },
  "backend.protocol": {
    message: "The back end broke its protocol.",
    closeCode: 1014,
    httpStatus: 502,
    retry: "later",
  },
  "backend.loop": {
    message: "The request came back to this gateway.",
    closeCode: 1014,
    httpStatus: 508,
    retry: "never",
  },
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof FAILURES;

/** A failure of the world or of policy: network, capacity, configuration. Never a bug, never shown with its cause to a client. */
export class Failure extends Error {
  readonly code: FailureCode;
  /** What an operator wants to know of this one case, such as `tcp://127.0.0.1:1883 ECONNREFUSED`. Never sent to a client. */
  readonly detail: string;

  constructor(code: FailureCode, detail = "", options?: ErrorOptions) {
    super(detail === "" ? FAILURES[code].message : `${FAILURES[code].message} (${detail})`, options);
    this.name = "Failure";
    this.code = code;
    this.detail = detail;
  }

  get kind(): FailureKind {
    return FAILURES[this.code];
  }
}

/** Our own side broke a contract. Caught at the session boundary only, where it ends that one session with 1011. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
