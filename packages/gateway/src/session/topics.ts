// One message to many sessions, encoded once. Backed by the carriers' own publish where they have one.
import type { Message } from "./session.ts";

export interface Topics {
  /** Sends to every session that joined `topic`. Slow readers are not waited for: see `slowest`. */
  publish(topic: string, message: Message): void;
}
