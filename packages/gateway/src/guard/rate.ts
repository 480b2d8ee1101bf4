// Guard `rate`: a token bucket for each client address, on session handshakes of every carrier. Plain HTTP
// requests are not counted: a page of many files is not an attack.
import { addressKey } from "./address-key.ts";
import type { Guard } from "./guard.ts";

export interface RateSettings {
  /** Tokens a second. */
  readonly perSecond: number;
  /** Most tokens held. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** Buckets held at most; about 100 bytes each. The least recently used one goes first, which only ever favours a client. */
const BUCKETS_MAX = 65_536;

/** `rate` is asked each time, since a reload changes it while the buckets stay as they are. */
export function createRateGuard(rate: () => RateSettings, bucketsMax = BUCKETS_MAX): Guard {
  const buckets = new Map<string, Bucket>();
  return {
    stage: "rate",
    judge(handshake, nowMs) {
      if (handshake.carrier === "http") return undefined;
      const settings = rate();
      const key = addressKey(handshake.address);
      const bucket = buckets.get(key) ?? { tokens: settings.burst, filledMs: nowMs };
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > bucketsMax) buckets.delete(buckets.keys().next().value ?? "");
      const earned = ((nowMs - bucket.filledMs) / 1000) * settings.perSecond;
      bucket.tokens = Math.min(settings.burst, bucket.tokens + earned);
      bucket.filledMs = nowMs;
      if (bucket.tokens < 1) {
        const retryAfterS = (1 - bucket.tokens) / settings.perSecond;
        return { code: "rate.exceeded", detail: `address ${handshake.address}`, retryAfterS };
      }
      bucket.tokens -= 1;
      return undefined;
    },
  };
}
