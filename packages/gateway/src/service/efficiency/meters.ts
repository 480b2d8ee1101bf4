// Which meter counts for a visitor, or why none does. Meters are opened by the first visit that needs them, since only
// then is it known which listener visitors come by.
import type { Clock } from "../../host/clock.ts";
import type { Relay } from "../../host/relay.ts";
import type { Handshake } from "../../session/handshake.ts";
import type { Log } from "../../telemetry/log.ts";
import { openMeter } from "./meter.ts";
import type { EfficiencySettings } from "./options.ts";
import { originFor, portOf } from "./origin.ts";
import type { RunStore, UnmeteredReason } from "./run-store.ts";

export interface MetersOptions {
  readonly settings: EfficiencySettings;
  readonly base: string;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly log: Log;
}

export type MeterChoice = { readonly origin: string } | { readonly unmetered: UnmeteredReason };

export interface Meters {
  /** For a visitor at the gateway's own address. */
  choose(handshake: Handshake): MeterChoice;
  /** No new connections; those that are open last as long as the gateway's own. */
  stop(): void;
}

export function createMeters(options: MetersOptions): Meters {
  const { settings, log } = options;
  const relays = new Map<string, Relay>();

  /** The meter for this listener; `undefined` when its address cannot be listened on. */
  const find = (listener: string): Relay | undefined => {
    if (settings.meter === "off") return undefined;
    const key = settings.meter === "auto" ? listener : "configured";
    const hostname = settings.meter === "auto" ? new URL(listener).hostname : settings.meter.hostname;
    const port = settings.meter === "auto" ? 0 : settings.meter.port;
    const known = relays.get(key);
    if (known !== undefined) return known;
    try {
      const relay = openMeter({ ...options, hostname: hostname.replace(/^\[|\]$/g, ""), port, listener });
      log.info("meter listening", { hostname, port: relay.port, listener });
      relays.set(key, relay);
      return relay;
    } catch (error) {
      // The demo goes on without its figures, and the next visit tries again.
      log.warn("meter cannot listen", { hostname, port, cause: String(error) });
      return undefined;
    }
  };

  return {
    choose(handshake) {
      if (settings.meter === "off") return { unmetered: "off" };
      // Behind TLS there are no heads to be seen, hence nobody to count for.
      if (handshake.secure || handshake.listener.startsWith("https:")) return { unmetered: "tls" };
      // Who came through a mapped port or a proxy will not find a port that nobody told it of.
      const isDirect = portOf(`http://${handshake.host}`) === portOf(handshake.listener);
      if (settings.meter === "auto" && !isDirect) return { unmetered: "other-port" };
      const relay = find(handshake.listener);
      const origin = relay === undefined ? undefined : originFor(handshake.host, relay.port);
      return origin === undefined ? { unmetered: "failed" } : { origin };
    },
    stop() {
      for (const relay of relays.values()) relay.stop();
      relays.clear();
    },
  };
}
