// The gateway's face towards operators: reads the running parts when asked, keeps nothing of its own but how the
// last reload went.
import type {
  ConnectionFilter,
  ConnectionView,
  GatewayView,
  LastReload,
  ReloadReport,
} from "../admin/view.ts";
import { Failure } from "../failure.ts";
import type { Clock } from "../host/clock.ts";
import type { PlainSession } from "../session/plain-session.ts";
import type { Admission } from "./admission.ts";
import type { HeadroomWatch } from "./headroom.ts";
import type { ListenerSet } from "./listener-set.ts";
import type { ServiceSet } from "./service-set.ts";

export interface ViewOptions {
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly state: () => GatewayView["state"];
  readonly services: ServiceSet;
  readonly listeners: ListenerSet;
  readonly admission: Admission;
  readonly headroom: HeadroomWatch;
  readonly reload: () => Promise<ReloadReport>;
}

export function createView(options: ViewOptions): GatewayView {
  const { services, listeners, admission, headroom, clock } = options;
  const closeOne = (session: PlainSession): void => session.fail(new Failure("session.closed_by_operator"));
  let lastReload: LastReload | undefined;
  return {
    version: options.version,
    startedAtMs: options.startedAtMs,
    get state() {
      return options.state();
    },
    get refused() {
      return admission.refused;
    },
    get descriptors() {
      return headroom.descriptors;
    },
    services: () =>
      [...services.running.values()].map(({ group: { path, type, metrics } }) => ({ path, type, metrics })),
    listeners: () =>
      listeners.all.map((listener) => ({
        url: listener.url,
        state: listener.state,
        drafts: listener.drafts,
      })),
    *connections(filter) {
      for (const session of services.sessions()) if (matches(session, filter)) yield viewOf(session, clock);
    },
    onHandshake(observer) {
      admission.onHandshake = observer;
    },
    closeConnection(id) {
      const session = services.sessions().find((one) => one.id === id);
      if (session !== undefined) closeOne(session);
      return session !== undefined;
    },
    closeConnections(filter) {
      const found = services.sessions().filter((session) => matches(session, filter));
      for (const session of found) closeOne(session);
      return found.length;
    },
    async reload() {
      let isApplied = false;
      try {
        const report = await options.reload();
        isApplied = report.applied;
        return report;
      } finally {
        lastReload = { atMs: clock.wallMs(), isApplied };
      }
    },
    get lastReload() {
      return lastReload;
    },
  };
}

function matches(session: PlainSession, filter: ConnectionFilter): boolean {
  return (
    (filter.path === undefined || filter.path === session.path) &&
    (filter.address === undefined || filter.address === session.address) &&
    (filter.origin === undefined || filter.origin === session.origin) &&
    (filter.carrier === undefined || filter.carrier === session.carrier)
  );
}

function viewOf(session: PlainSession, clock: Clock): ConnectionView {
  return {
    id: session.id,
    path: session.path,
    carrier: session.carrier,
    address: session.address,
    origin: session.origin,
    subprotocol: session.subprotocol,
    openedAtMs: session.openedAtMs,
    messagesIn: session.messagesIn,
    messagesOut: session.messagesOut,
    bytesIn: session.bytesIn,
    bytesOut: session.bytesOut,
    bufferedBytes: session.bufferedBytes,
    lastHeardAtMs: clock.wallMs() - (clock.monotonicMs() - session.lastHeardMs),
    roundTripMs: session.roundTripMs,
  };
}
