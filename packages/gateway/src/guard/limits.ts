// Guard `limits`: how many sessions are open, in all and from one address, and whether the process has
// descriptors and memory left for another one. What is admitted here is taken at once and given back by `release`.
import type { LimitSettings } from "../config/gateway.ts";
import type { Handshake } from "../session/handshake.ts";
import { addressKey } from "./address-key.ts";
import type { Refusal, Verdict } from "./guard.ts";

/** What the process has; read from the system by the caller, at most a fraction of a second old. */
export interface Headroom {
  /** Descriptors that may still be opened; `Infinity` when unknown. */
  readonly descriptorsFree: number;
  readonly memoryBytes: number;
}

export interface LimitsGuard {
  readonly stage: "limits";
  judge(handshake: Handshake): Verdict;
  /** Takes the place that `judge` found free. Call it in the same turn. */
  take(address: string): void;
  release(address: string): void;
  readonly open: number;
}

/** A refused client is asked to stay away this long, so that refusing does not become the load. Seconds. */
const RETRY_AFTER_S = 5;

/** `auto` is no number of its own: the reserve of descriptors is what limits then. */
function numberOf(limit: number | "unlimited" | "auto"): number {
  return typeof limit === "number" ? limit : Number.POSITIVE_INFINITY;
}

/** `limits` is asked each time, since a reload changes them while the counts go on. */
export function createLimitsGuard(limits: () => LimitSettings, headroom: () => Headroom): LimitsGuard {
  const openByAddress = new Map<string, number>();
  let open = 0;
  const refuse = (code: Refusal["code"], detail: string): Refusal => ({
    code,
    detail,
    retryAfterS: RETRY_AFTER_S,
  });
  return {
    stage: "limits",
    get open() {
      return open;
    },
    judge(handshake) {
      const settings = limits();
      const perAddressMax = numberOf(settings.connectionsPerAddressMax);
      const memoryMax = numberOf(settings.memoryMaxSize);
      const openMax = numberOf(settings.connectionsMax);
      const { descriptorsFree, memoryBytes } = headroom();
      if (descriptorsFree < settings.descriptorReserve) {
        return refuse(
          "limit.descriptors",
          `${descriptorsFree} left; descriptorReserve is ${settings.descriptorReserve}`,
        );
      }
      if (memoryBytes >= memoryMax) return refuse("limit.memory", `${memoryBytes} bytes resident`);
      if (handshake.carrier === "http") return undefined;
      if (open >= openMax) return refuse("limit.connections", `${open} open; connectionsMax is ${openMax}`);
      const fromAddress = openByAddress.get(addressKey(handshake.address)) ?? 0;
      if (fromAddress >= perAddressMax)
        return refuse("limit.address", `${fromAddress} open from ${handshake.address}`);
      return undefined;
    },
    take(address) {
      const key = addressKey(address);
      openByAddress.set(key, (openByAddress.get(key) ?? 0) + 1);
      open++;
    },
    release(address) {
      const key = addressKey(address);
      const left = (openByAddress.get(key) ?? 1) - 1;
      if (left > 0) openByAddress.set(key, left);
      else openByAddress.delete(key);
      open--;
    },
  };
}
