// For tests: a gateway that starts and stops when the test says so.
import type { GatewayView, ListenerView } from "../admin/view.ts";
import type { GatewaySettings } from "../config/settings.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";

export interface FakeGateway extends Gateway {
  readonly settings: GatewaySettings;
  readonly options: GatewayOptions;
  /** What was asked of it, in order. */
  readonly calls: string[];
  /** Lets `stop` resolve, or reject. */
  finishStop(error?: unknown): void;
}

/** `startError` rejects `start`, unless it is `undefined`. */
export function createFakeGateway(
  settings: GatewaySettings,
  options: GatewayOptions,
  startError: unknown,
): FakeGateway {
  const calls: string[] = [];
  const stopped = Promise.withResolvers<void>();
  const listeners = settings.listen.map(
    ({ hostname, port }): ListenerView => ({
      url: `http://${hostname}:${port}`,
      state: "listening",
      drafts: false,
    }),
  );
  const view = {
    version: "9.9.9",
    services: () => settings.services.map(({ path, type }) => ({ path, type })),
    listeners: () => listeners,
    async reload() {
      calls.push("reload");
      return { applied: true, changes: [] };
    },
  };
  return {
    settings,
    options,
    calls,
    // Only what the commands look at.
    view: view as unknown as GatewayView,
    async start() {
      calls.push("start");
      if (startError !== undefined) throw startError;
    },
    reload: async () => ({ applied: true, changes: [] }),
    stop() {
      calls.push("stop");
      return stopped.promise;
    },
    finishStop(error) {
      if (error === undefined) stopped.resolve();
      else stopped.reject(error);
    },
  };
}
