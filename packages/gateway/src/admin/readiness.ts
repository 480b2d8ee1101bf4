// Whether clients should be sent here: what keeps the gateway from being ready, in words.
import type { GatewayView } from "./view.ts";

export interface Unreadiness {
  readonly reason: "starting" | "stopping" | "not_listening" | "listener_paused" | "listener_closed";
  /** One sentence. */
  readonly detail: string;
}

/** Empty when it is ready. */
export function unreadiness(view: GatewayView): Unreadiness[] {
  if (view.state === "starting") return [{ reason: "starting", detail: "The gateway is starting." }];
  if (view.state === "stopping") return [{ reason: "stopping", detail: "The gateway is stopping." }];
  const listeners = view.listeners();
  if (listeners.length === 0) return [{ reason: "not_listening", detail: "There is no listener." }];
  return listeners.flatMap(({ url, state }): Unreadiness[] => {
    if (state === "paused")
      return [{ reason: "listener_paused", detail: `${url} accepts nobody for now, see the log.` }];
    return state === "closed" ? [{ reason: "listener_closed", detail: `${url} is closed.` }] : [];
  });
}
