// What a service sees of a client: a two-way stream of messages with flow control. Which carrier moves them,
// and whether there is more than one of them over time, is not to be seen from here.

import type { Failure } from "../failure.ts";
import type { CarrierKind } from "./handshake.ts";

/** A string is a text message, bytes are a binary message. */
export type Message = string | Uint8Array;

export interface Session {
  /** Unique in this process; the connection id of the logs and of the admin API. */
  readonly id: string;
  /** The path of the service, as configured. */
  readonly path: string;
  readonly carrier: CarrierKind;
  readonly address: string;
  readonly origin: string | undefined;
  /** The subprotocol agreed with the client; empty when none. */
  readonly subprotocol: string;
  readonly isOpen: boolean;
  /** Bytes that `send` took and the kernel has not yet taken. */
  readonly bufferedBytes: number;
  /**
   * Takes a message for the client, always; the bytes may be reused by the caller as soon as it returns.
   * `false` says: stop until `SessionHandler.drained`. After the end it does nothing and answers `false`.
   */
  send(message: Message): boolean;
  /** Stops reading from the client, which then feels TCP back-pressure. A few messages that were already read may still come. */
  pause(): void;
  resume(): void;
  /** Starts the close handshake. `code` must be one that may stand on the wire; 1005 sends a Close without code. */
  close(code: number, reason: string): void;
  /** Ends with the close code of the failure, and logs its detail, which the client is not told. */
  fail(failure: Failure): void;
  /** Cuts the connection without a close handshake. */
  terminate(): void;
  /** Joins a topic of `Topics`, so that `publish` reaches this client. Left by itself at the end. */
  subscribe(topic: string): void;
}

/** What a service does with one session. Methods are called one at a time, in the order of events; a throw ends this session with 1011. */
export interface SessionHandler {
  /** Bytes are valid only during the call: copy what is kept. */
  message(message: Message): void;
  /** There is room again after a `send` that answered `false`. */
  drained(): void;
  /** The end, exactly once, whoever caused it. 1006 when there was no Close frame, 1005 when it had no code. */
  closed(code: number, reason: string): void;
}

/** A service's "yes" to a handshake: what becomes of the session once its carrier is up. */
export interface SessionOpening {
  /** Agreed with the client; empty for none. */
  readonly subprotocol: string;
  /** At most once. */
  open(session: Session): SessionHandler;
  /** Instead of `open`: the client left before its carrier was up. For services that hold something for it by then. */
  abandon?(): void;
}
