// Guard `origin`: which pages may open sessions (RFC 6454, RFC 6455 §10.2). The gateway's own origin is admitted,
// every other one only when listed. A client without an Origin is not a page and cannot be lured by one.
import type { Handshake } from "../session/handshake.ts";
import type { Guard } from "./guard.ts";
import { matchesName } from "./name-pattern.ts";

interface Origin {
  readonly scheme: string;
  readonly name: string;
  /** Empty for the scheme's default. */
  readonly port: string;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\*|(?:\*\.)?[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;

/** `undefined` for `null` and for whatever else is not a tuple origin. Stars are allowed, for patterns. */
export function parseOrigin(text: string): Origin | undefined {
  const [, scheme, name, port = ""] = ORIGIN.exec(text.toLowerCase()) ?? [];
  if (scheme === undefined || name === undefined) return undefined;
  return { scheme, name, port: port === DEFAULT_PORTS[scheme] ? "" : port };
}

function isOwnOrigin(origin: Origin, handshake: Handshake): boolean {
  const own = parseOrigin(`${handshake.secure ? "https" : "http"}://${handshake.host}`);
  return (
    own !== undefined && own.scheme === origin.scheme && own.name === origin.name && own.port === origin.port
  );
}

function matchesOrigin(pattern: Origin, origin: Origin): boolean {
  return (
    pattern.scheme === origin.scheme && pattern.port === origin.port && matchesName(pattern.name, origin.name)
  );
}

/** `originsOf` gives the patterns of the service that has this path. Plain HTTP requests are left to the services. */
export function createOriginGuard(originsOf: (handshake: Handshake) => readonly string[]): Guard {
  return {
    stage: "origin",
    judge(handshake) {
      if (handshake.carrier === "http" || handshake.origin === undefined) return undefined;
      const text = handshake.origin;
      const origin = parseOrigin(text);
      const isListed = originsOf(handshake).some((pattern) => {
        if (pattern === "*" || pattern === text) return true;
        const parsed = parseOrigin(pattern);
        return parsed !== undefined && origin !== undefined && matchesOrigin(parsed, origin);
      });
      if (isListed || (origin !== undefined && isOwnOrigin(origin, handshake))) return undefined;
      return { code: "origin.refused", detail: `origin ${text}; list it under \`origins\` to admit it` };
    },
  };
}
