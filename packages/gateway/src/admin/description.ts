// What the admin API says of a gateway, a service and a connection, as JSON values. Times are RFC 3339, sizes bytes.
import type { FailureCode } from "../failure.ts";
import type { LogLosses } from "../telemetry/log.ts";
import type { ProcessProbe } from "./metrics.ts";
import type { ConnectionView, GatewayView, ServiceView } from "./view.ts";

export function describeGateway(
  view: GatewayView,
  probe: ProcessProbe,
  nowMs: number,
  logLosses: LogLosses | undefined,
): Readonly<Record<string, unknown>> {
  const { open, limit } = view.descriptors;
  const { lastReload } = view;
  return {
    version: view.version,
    runtime: probe.runtime,
    state: view.state,
    startedAt: formatTime(view.startedAtMs),
    uptimeSeconds: Math.floor((nowMs - view.startedAtMs) / 1000),
    lastReload:
      lastReload === undefined ? null : { at: formatTime(lastReload.atMs), applied: lastReload.isApplied },
    listeners: view.listeners().map(({ url, state, drafts }) => ({ url, state, drafts })),
    connectionsOpen: view.services().reduce((sum, { metrics }) => sum + metrics.connectionsOpen, 0),
    // Where there is no limit, or none to be read, it is null.
    descriptors: { open, limit: Number.isFinite(limit) ? limit : null },
    memory: { residentBytes: probe.readMemoryBytes() },
    refused: byCode(view.refused),
    log: { linesDropped: logLosses?.dropped ?? 0, linesSuppressed: logLosses?.suppressed ?? 0 },
  };
}

export function describeService({ path, type, metrics }: ServiceView): Readonly<Record<string, unknown>> {
  return {
    path,
    type,
    href: `/api/v1/services/${encodeURIComponent(path)}`,
    connections: { open: metrics.connectionsOpen, total: metrics.connectionsTotal },
    messages: { in: metrics.messagesIn, out: metrics.messagesOut },
    bytes: { in: metrics.bytesIn, out: metrics.bytesOut },
    httpRequests: metrics.httpRequests,
    backends: { open: metrics.backendsOpen, connects: metrics.backendConnects },
    refused: byCode(metrics.refused),
    failed: byCode(metrics.failed),
    backendFailures: byCode(metrics.backendFailures),
  };
}

export function describeConnection(connection: ConnectionView): Readonly<Record<string, unknown>> {
  const { id, path, carrier, address, subprotocol, bufferedBytes } = connection;
  return {
    id,
    path,
    carrier,
    address,
    origin: connection.origin ?? null,
    subprotocol,
    openedAt: formatTime(connection.openedAtMs),
    lastHeardAt: formatTime(connection.lastHeardAtMs),
    roundTripMs: connection.roundTripMs ?? null,
    messages: { in: connection.messagesIn, out: connection.messagesOut },
    bytes: { in: connection.bytesIn, out: connection.bytesOut },
    bufferedBytes,
  };
}

function byCode(counts: ReadonlyMap<FailureCode, number>): Readonly<Record<string, number>> {
  return Object.fromEntries(counts);
}

function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
