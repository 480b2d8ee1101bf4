// The contract between the gateway and what a path does. A service sees handshakes, requests, sessions and
// messages; never listeners or carriers. A new service is one folder beside this file and one line in gateway.ts.
import type { z } from "zod";
import type { CommonSettings } from "../config/common.ts";
import type { Refusal } from "../guard/guard.ts";
import type { Clock } from "../host/clock.ts";
import type { Handshake } from "../session/handshake.ts";
import type { Session, SessionOpening } from "../session/session.ts";
import type { Topics } from "../session/topics.ts";
import type { Log } from "../telemetry/log.ts";
import type { ServiceMetrics } from "../telemetry/metrics.ts";

export interface ServiceDefinition<Schema extends z.ZodObject = z.ZodObject, Type extends string = string> {
  /** The value of `type:` in the configuration. As a literal type it tells the options apart for `defineConfig`. */
  readonly type: Type;
  /** One sentence for help texts and the reference. */
  readonly summary: string;
  /** `exact`: only the configured path. `prefix`: the path and all below it. */
  readonly match: "exact" | "prefix";
  /** The service's own options. The common ones (`origins`, `idleTimeout`, …) are added by the configuration. */
  readonly options: Schema;
  /** Makes one instance for one path. Must not connect, listen or start timers: that is `start`. */
  create(settings: z.output<Schema>, context: ServiceContext): Service;
}

export interface ServiceContext {
  /** The configured path; ends in `/` only when it is `/`. */
  readonly path: string;
  readonly common: CommonSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ServiceMetrics;
  readonly topics: Topics;
  /** The sessions of this service that are open now. */
  sessions(): Iterable<Session>;
}

/** What a service answers to a handshake that the guards admitted: a session handler to be, or a refusal. */
export type Acceptance = SessionOpening | { readonly refusal: Refusal };

export interface Service {
  /** Opens things that outlive sessions: feeds, pools. A rejection keeps the gateway from starting. */
  start?(): void | Promise<void>;
  /** Takes a WebSocket handshake. Absent: the path takes none. May wait, for a back end's choice of subprotocol. */
  accept?(handshake: Handshake): Acceptance | Promise<Acceptance>;
  /** Answers a plain HTTP request. Absent: the path answers 426. */
  respond?(request: Request, handshake: Handshake): Response | Promise<Response>;
  /** No new sessions will come; ends what `start` began. Sessions are closed by the gateway afterwards. */
  stop(): void | Promise<void>;
}
