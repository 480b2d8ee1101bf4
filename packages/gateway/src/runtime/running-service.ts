// One service of the configuration while it runs: the instance, its group of sessions, its counters.
import type { CommonSettings } from "../config/common.ts";
import type { ServiceSettings } from "../config/settings.ts";
import type { Clock } from "../host/clock.ts";
import type { Service, ServiceDefinition } from "../service/service.ts";
import type { ServiceGroup } from "../session/service-group.ts";
import type { Message } from "../session/session.ts";
import type { Log } from "../telemetry/log.ts";
import { createServiceMetrics } from "../telemetry/metrics.ts";
import type { Route } from "./router.ts";

export interface RunningService extends Route {
  readonly settings: ServiceSettings;
  readonly group: ServiceGroup;
  readonly service: Service;
}

export interface RunningServiceOptions {
  readonly settings: ServiceSettings;
  readonly definition: ServiceDefinition;
  readonly clock: Clock;
  readonly log: Log;
  /** Sends to all listeners' subscribers. */
  readonly publish: (topic: string, message: Message, compress: boolean) => void;
  readonly release: (address: string) => void;
  /** What ran at this path until now: its counters go on, so that they never fall while the process lives. */
  readonly before?: RunningService | undefined;
}

/** Makes the instance; starts nothing. Throws what the service's `create` throws. */
export function createRunningService(options: RunningServiceOptions): RunningService {
  const { settings, definition, clock } = options;
  const { path, type, common } = settings;
  const log = options.log.with({ service: path });
  const group: ServiceGroup = {
    path,
    type,
    common,
    log,
    metrics: options.before?.group.metrics ?? createServiceMetrics(),
    sessions: new Set(),
    published: { messages: 0, bytes: 0 },
    opening: 0,
    endedBy: undefined,
    nowMs: () => clock.monotonicMs(),
    release: options.release,
  };
  const topics = {
    publish: (topic: string, message: Message) => publishTo(group, topic, message, options.publish),
  };
  const service = definition.create(settings.options as never, {
    path,
    common,
    clock,
    log,
    metrics: group.metrics,
    topics,
    sessions: () => group.sessions,
  });
  return { path, match: definition.match, settings, group, service };
}

function publishTo(
  group: ServiceGroup,
  topic: string,
  message: Message,
  publish: RunningServiceOptions["publish"],
) {
  const bytes = typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
  group.published.messages++;
  group.published.bytes += bytes;
  group.metrics.messagesOut += group.sessions.size;
  group.metrics.bytesOut += bytes * group.sessions.size;
  publish(topic, message, isCompressed(group.common, bytes));
}

function isCompressed({ compressionMinSize }: CommonSettings, bytes: number): boolean {
  return compressionMinSize !== "off" && bytes >= compressionMinSize;
}
