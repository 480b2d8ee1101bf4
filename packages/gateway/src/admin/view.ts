// What the admin side may see and do: the gateway's face towards operators. Implemented by gateway.ts.
import type { FailureCode } from "../failure.ts";
import type { CarrierKind } from "../session/handshake.ts";
import type { ServiceMetrics } from "../telemetry/metrics.ts";

export interface ServiceView {
  readonly path: string;
  readonly type: string;
  readonly metrics: ServiceMetrics;
}

export interface ListenerView {
  /** As an operator writes it, with the real port: `https://0.0.0.0:8443`. */
  readonly url: string;
  /** `paused`: not accepting because of a limit, see the log. */
  readonly state: "listening" | "paused" | "closed";
  readonly drafts: boolean;
}

export interface ConnectionView {
  readonly id: string;
  readonly path: string;
  readonly carrier: CarrierKind;
  readonly address: string;
  readonly origin: string | undefined;
  readonly subprotocol: string;
  /** Milliseconds since 1970. */
  readonly openedAtMs: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes that wait for the client. */
  readonly bufferedBytes: number;
  /** Milliseconds since 1970. */
  readonly lastHeardAtMs: number;
  /** Of the last ping, or `undefined` before the first. */
  readonly roundTripMs: number | undefined;
}

export interface ConnectionFilter {
  readonly path?: string;
  readonly address?: string;
  readonly origin?: string;
  readonly carrier?: CarrierKind;
}

/** What a reload did, or why it did nothing. */
export type ReloadReport =
  | { readonly applied: true; readonly changes: readonly string[] }
  | { readonly applied: false; readonly problems: readonly string[] };

/** The last reload that was asked for, by a signal or through the admin API. */
export interface LastReload {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** `false`: the configuration was refused, and the one before goes on. */
  readonly isApplied: boolean;
}

export interface GatewayView {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly state: "starting" | "ready" | "stopping";
  services(): readonly ServiceView[];
  listeners(): readonly ListenerView[];
  connections(filter: ConnectionFilter): Iterable<ConnectionView>;
  /** Refusals before any service was known, by reason. */
  readonly refused: ReadonlyMap<FailureCode, number>;
  /** Seconds from request to 101, for the latency histogram: the observer is called once a handshake. There is one. */
  onHandshake(observer: (seconds: number) => void): void;
  /** Open, and the limit; `Infinity` when there is none to be read on this system. */
  readonly descriptors: { readonly open: number; readonly limit: number };
  /** `false` when there is no such connection. */
  closeConnection(id: string): boolean;
  /** How many were closed. */
  closeConnections(filter: ConnectionFilter): number;
  reload(): Promise<ReloadReport>;
  /** `undefined` before the first. */
  readonly lastReload?: LastReload | undefined;
}
