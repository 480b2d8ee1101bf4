// What a feed comes from, as the service sees it: opened, messages, closed. Reconnecting is the feed's business.
import type { Failure } from "../../failure.ts";
import type { Message } from "../../session/session.ts";

export interface SourceHandler {
  opened(): void;
  /** Bytes are valid only during the call. */
  message(message: Message): void;
  /** The end, exactly once; `undefined` when the source ended in order or was stopped. */
  closed(failure: Failure | undefined): void;
}

export interface Source {
  /** `SourceHandler.closed` follows, perhaps before this returns. */
  stop(): void;
}

/** Starts to open and returns at once; every failure comes through `SourceHandler.closed`, and never before this returns. */
export type OpenSource = (handler: SourceHandler) => Source;
