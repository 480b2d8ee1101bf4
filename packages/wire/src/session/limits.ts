// What one frame may be at most. Required by everything that reads frames; defaults are the owner's.
import { UsageError } from "../bytes/usage-error.ts";

export interface FrameLimits {
  /** Bytes of one message's payload, of numbered and of topic messages; from 0 to 2^53 - 1. Larger: 1009. */
  readonly messageMaxBytes: number;
  /** Bytes of one ticket, and of the payload of one `auth`, `notice` or `move`; from 0 to 2^53 - 1. Larger: 1009. */
  readonly controlMaxBytes: number;
}

/** Bytes of a ping's token: as much as WebSocket's own pings take. */
export const TOKEN_MAX_BYTES = 125;
/** Bytes of a close reason in UTF-8: fits a WebSocket Close frame (RFC 6455 §5.5). */
export const REASON_MAX_BYTES = 123;
/** Characters of the inner subprotocol. */
export const SUBPROTOCOL_MAX_BYTES = 255;
/** Bytes of a topic's name, and of its epoch. */
export const TOPIC_MAX_BYTES = 255;
export const EPOCH_MAX_BYTES = 64;

/** Type, kind, lengths, name, epoch and offset in front of a topic message's payload. */
const TOPIC_HEAD_MAX_BYTES = 2 + 2 + TOPIC_MAX_BYTES + 1 + EPOCH_MAX_BYTES + 8;
/** What stands beside a ticket in `opened`, the longest: type, four varints, a subprotocol and its length. */
const CONTROL_HEAD_MAX_BYTES = 1 + 4 * 8 + 2 + SUBPROTOCOL_MAX_BYTES;

/** The longest frame that any type may have under these limits: what a byte carrier checks at the length. */
export function frameMaxBytes(limits: FrameLimits): number {
  return Math.max(
    limits.messageMaxBytes + TOPIC_HEAD_MAX_BYTES,
    limits.controlMaxBytes + CONTROL_HEAD_MAX_BYTES,
  );
}

export function assertFrameLimits(limits: FrameLimits): void {
  assertBytes("messageMaxBytes", limits.messageMaxBytes);
  assertBytes("controlMaxBytes", limits.controlMaxBytes);
}

export function assertBytes(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new UsageError(`${name} must be a whole number of bytes.`);
}
