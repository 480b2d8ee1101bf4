// One configured path at run time: its settings, its counters, and the sessions that are open on it.
import type { CommonSettings } from "../config/common.ts";
import type { Log } from "../telemetry/log.ts";
import type { ServiceMetrics } from "../telemetry/metrics.ts";
import type { PlainSession } from "./plain-session.ts";

export interface ServiceGroup {
  readonly path: string;
  readonly type: string;
  readonly common: CommonSettings;
  readonly metrics: ServiceMetrics;
  readonly log: Log;
  readonly sessions: Set<PlainSession>;
  /** What was published to the service's subscribers since it started; a session notes where it came in. */
  readonly published: { messages: number; bytes: number };
  /** Sessions that were admitted and are not open yet; they count against `connectionsMax`. */
  opening: number;
  /** Set when the service is going: why sessions that come up now end at once. */
  endedBy: "service.stopped" | "gateway.stopping" | undefined;
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Gives back what the admission of a session from this address took. Called once a session, at its end. */
  release(address: string): void;
}
