// Guard `host`: which Host names are served. On a loopback listener only loopback names are, unless configured
// otherwise: a page whose name was rebound to 127.0.0.1 must not pass for the gateway's own origin.
import type { Handshake } from "../session/handshake.ts";
import type { Guard } from "./guard.ts";
import { matchesName } from "./name-pattern.ts";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The name of a Host header without its port: `example.com`, `[::1]`. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, "");
}

export function isLoopbackHost(name: string): boolean {
  return LOOPBACK_NAMES.has(name) || name.endsWith(".localhost") || /^127(\.\d{1,3}){3}$/.test(name);
}

/** `isLoopbackListener` answers for a listener by its name, as in `Handshake.listener`. */
export function createHostGuard(
  hosts: readonly string[],
  isLoopbackListener: (listener: string) => boolean,
): Guard {
  const isServed = (handshake: Handshake): boolean => {
    const name = hostName(handshake.host);
    if (hosts.length > 0) return hosts.some((pattern) => matchesName(pattern, name));
    return !isLoopbackListener(handshake.listener) || isLoopbackHost(name);
  };
  return {
    stage: "host",
    judge: (handshake) =>
      isServed(handshake) ? undefined : { code: "host.refused", detail: `host ${handshake.host}` },
  };
}
