// What is measured, brought into the text format when somebody asks. The hot path only adds to plain numbers; a scrape
// reads one set of them for each service and never walks connections. Labels come from the configuration and from
// closed sets, never from clients.
import type { FailureCode } from "../failure.ts";
import type { Clock } from "../host/clock.ts";
import { watchEventLoop } from "../host/event-loop.ts";
import { createHistogram } from "../telemetry/histogram.ts";
import type { LogLosses } from "../telemetry/log.ts";
import type { ServiceMetrics } from "../telemetry/metrics.ts";
import { type Family, formatFamily, formatHistogram, formatLabels, type Sample } from "./exposition.ts";
import { FAMILIES, NO_SERVICE } from "./metric-families.ts";
import { unreadiness } from "./readiness.ts";
import type { GatewayView, ListenerView } from "./view.ts";

export interface Metrics {
  /** In the text format of Prometheus. */
  render(): string;
  stop(): void;
}

/** What the process tells about itself. */
export interface ProcessProbe {
  /** Such as `bun 1.4.5`. */
  readonly runtime: string;
  readCpuSeconds(): number;
  readMemoryBytes(): number;
}

export interface MetricsOptions {
  readonly clock: Clock;
  readonly process: ProcessProbe;
  readonly logLosses: LogLosses | undefined;
}

/** Seconds. From a handshake that nothing delays to the default `handshakeTimeout`. */
const HANDSHAKE_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds. From a loop that does nothing else to one that clients take for dead. */
const EVENT_LOOP_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function createMetrics(view: GatewayView, options: MetricsOptions): Metrics {
  const handshakes = createHistogram(HANDSHAKE_BOUNDS);
  const delays = createHistogram(EVENT_LOOP_BOUNDS);
  view.onHandshake((seconds) => handshakes.observe(seconds));
  const watch = watchEventLoop(options.clock, (seconds) => delays.observe(seconds));
  return {
    render: () =>
      gatewayText(view, options) +
      servicesText(view) +
      formatHistogram(FAMILIES.handshake, handshakes) +
      formatHistogram(FAMILIES.eventLoop, delays) +
      logText(options.logLosses) +
      processText(view, options.process),
    stop: () => watch.cancel(),
  };
}

function gatewayText(view: GatewayView, { process: { runtime } }: MetricsOptions): string {
  return (
    formatFamily(FAMILIES.build, [[formatLabels({ version: view.version, runtime }), 1]]) +
    formatFamily(FAMILIES.ready, [["", unreadiness(view).length === 0 ? 1 : 0]]) +
    formatFamily(FAMILIES.listener, view.listeners().flatMap(listenerSamples)) +
    reloadText(view)
  );
}

function reloadText({ lastReload }: GatewayView): string {
  if (lastReload === undefined) return "";
  const { atMs, isApplied } = lastReload;
  return (
    formatFamily(FAMILIES.reloadSuccessful, [["", isApplied ? 1 : 0]]) +
    formatFamily(FAMILIES.reloadTime, [["", atMs / 1000]])
  );
}

const LISTENER_STATES = ["listening", "paused", "closed"] as const satisfies readonly ListenerView["state"][];

function listenerSamples({ url, state }: ListenerView): Sample[] {
  return LISTENER_STATES.map((one) => [formatLabels({ listener: url, state: one }), one === state ? 1 : 0]);
}

interface LabelledService {
  readonly path: string;
  /** `{service="…"}`, made once a scrape and not once a family. */
  readonly label: string;
  readonly metrics: ServiceMetrics;
}

function servicesText(view: GatewayView): string {
  const services = view
    .services()
    .map(({ path, metrics }): LabelledService => ({ path, label: formatLabels({ service: path }), metrics }));
  const plain = (family: Family, value: (metrics: ServiceMetrics) => number): string =>
    formatFamily(
      family,
      services.map(({ label, metrics }): Sample => [label, value(metrics)]),
    );
  const bothWays = (
    family: Family,
    inward: (metrics: ServiceMetrics) => number,
    outward: typeof inward,
  ): string =>
    formatFamily(
      family,
      services.flatMap(({ path, metrics }): Sample[] => [
        [formatLabels({ service: path, direction: "in" }), inward(metrics)],
        [formatLabels({ service: path, direction: "out" }), outward(metrics)],
      ]),
    );
  const byCode = (counts: (metrics: ServiceMetrics) => Counts): Sample[] =>
    services.flatMap(({ path, metrics }) => codeSamples(path, counts(metrics)));
  return (
    plain(FAMILIES.connectionsOpen, (metrics) => metrics.connectionsOpen) +
    plain(FAMILIES.connections, (metrics) => metrics.connectionsTotal) +
    bothWays(
      FAMILIES.messages,
      (metrics) => metrics.messagesIn,
      (metrics) => metrics.messagesOut,
    ) +
    bothWays(
      FAMILIES.bytes,
      (metrics) => metrics.bytesIn,
      (metrics) => metrics.bytesOut,
    ) +
    plain(FAMILIES.httpRequests, (metrics) => metrics.httpRequests) +
    formatFamily(FAMILIES.refused, [
      ...byCode((metrics) => metrics.refused),
      ...codeSamples(NO_SERVICE, view.refused),
    ]) +
    formatFamily(
      FAMILIES.failed,
      byCode((metrics) => metrics.failed),
    ) +
    plain(FAMILIES.backendConnects, (metrics) => metrics.backendConnects) +
    plain(FAMILIES.backendsOpen, (metrics) => metrics.backendsOpen) +
    formatFamily(
      FAMILIES.backendFailures,
      byCode((metrics) => metrics.backendFailures),
    )
  );
}

type Counts = ReadonlyMap<FailureCode, number>;

function codeSamples(service: string, counts: Counts): Sample[] {
  return [...counts].map(([code, value]) => [formatLabels({ service, code }), value]);
}

function logText(losses: LogLosses | undefined): string {
  if (losses === undefined) return "";
  return (
    formatFamily(FAMILIES.logDropped, [["", losses.dropped]]) +
    formatFamily(FAMILIES.logSuppressed, [["", losses.suppressed]])
  );
}

function processText(view: GatewayView, probe: ProcessProbe): string {
  const { open, limit } = view.descriptors;
  const isKnown = open > 0;
  return (
    formatFamily(FAMILIES.startTime, [["", view.startedAtMs / 1000]]) +
    formatFamily(FAMILIES.cpu, [["", probe.readCpuSeconds()]]) +
    formatFamily(FAMILIES.memory, [["", probe.readMemoryBytes()]]) +
    formatFamily(FAMILIES.descriptorsOpen, isKnown ? [["", open]] : []) +
    formatFamily(FAMILIES.descriptorsMax, isKnown ? [["", limit]] : [])
  );
}
