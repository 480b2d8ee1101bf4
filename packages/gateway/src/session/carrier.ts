// One transport connection on which messages travel. Implemented by net, used by sessions; cheap and disposable.
import type { Message } from "./session.ts";

export interface Carrier {
  /** Bytes that were sent and the kernel has not taken. */
  readonly bufferedBytes: number;
  /** `false`: no room, `CarrierSink.drained` will follow. The message is taken either way. */
  send(message: Message, compress: boolean): boolean;
  ping(): void;
  pause(): void;
  resume(): void;
  /** Close handshake where the transport has one; 1005 for no code. `CarrierSink.closed` follows, perhaps at once. */
  close(code: number, reason: string): void;
  terminate(): void;
  subscribe(topic: string): void;
}

/** What a carrier tells its session. None of these throws. */
export interface CarrierSink {
  message(message: Message): void;
  drained(): void;
  pong(): void;
  /** Exactly once. */
  closed(code: number, reason: string): void;
}

/** A session that waits for its carrier to come up. */
export interface SessionOffer extends CarrierSink {
  /** Goes into the handshake's answer; empty for none. */
  readonly subprotocol: string;
  /** The carrier is up. At most once. */
  attach(carrier: Carrier): void;
  /** The carrier never came up. Instead of `attach`. */
  abandon(): void;
}
