// The addresses that the gateway itself listens on: the text of `listen` and `admin` to settings, and which of them
// cannot stand together. Does not listen.
import { type Address, formatHostPort, parseAddress } from "./address.ts";
import type { ListenOptions } from "./gateway.ts";
import type { AdminSettings, ListenSettings } from "./settings.ts";
import { type Finding, formatPath, type Path } from "./source.ts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
/** What people write when they think of WebSocket. */
const MEANT: Readonly<Record<string, string>> = { ws: "http", wss: "https", tcp: "http", tls: "https" };

function parseListenUrl(text: string): (Address & { readonly port: number }) | string {
  const address = parseAddress(text, "`http://HOST:PORT` or `https://HOST:PORT`");
  if (typeof address === "string") return address;
  const { scheme, hostname, path } = address;
  const port = address.port ?? DEFAULT_PORTS[scheme];
  if (DEFAULT_PORTS[scheme] === undefined || port === undefined) {
    const meant = MEANT[scheme] ?? "http";
    return `has the scheme \`${scheme}\`; write \`${meant}://${formatHostPort(hostname, address.port ?? 8000)}\``;
  }
  if (path !== "" && path !== "/") return `has a path \`${path}\`; paths are listed under \`services\``;
  return { ...address, port };
}

export type Judged<Settings> = { readonly settings: Settings } | { readonly findings: readonly Finding[] };

/** One entry of `listen`. */
export function resolveListener(entry: string | ListenOptions, path: Path): Judged<ListenSettings> {
  const options = typeof entry === "string" ? { url: entry, drafts: false, compression: false } : entry;
  const urlPath = typeof entry === "string" ? path : [...path, "url"];
  const address = parseListenUrl(options.url);
  if (typeof address === "string") return { findings: [{ path: urlPath, message: address }] };
  const { scheme, hostname, port } = address;
  const isSecure = scheme === "https";
  if (isSecure && options.tls === undefined) {
    const message = "is https and has no certificate; add `tls: { certificate: FILE, key: FILE }`";
    return { findings: [{ path: urlPath, message }] };
  }
  if (!isSecure && options.tls !== undefined) {
    const message = `has no use on an http listener; write \`https://${formatHostPort(hostname, port)}\` to use it`;
    return { findings: [{ path: [...path, "tls"], at: "key", message }] };
  }
  const certificates = options.tls === undefined ? [] : [options.tls].flat();
  const { drafts, compression } = options;
  return { settings: { secure: isSecure, hostname, port, certificates, drafts, compression } };
}

/** `undefined`: `off`. */
export function resolveAdmin(text: string, path: Path): Judged<AdminSettings | undefined> {
  if (text === "off") return { settings: undefined };
  const address = parseListenUrl(text);
  if (typeof address === "string") return { findings: [{ path, message: address }] };
  if (address.scheme !== "http")
    return { findings: [{ path, message: "must be http: the admin side has no TLS" }] };
  return { settings: { hostname: address.hostname, port: address.port } };
}

interface Placed {
  readonly settings: AdminSettings;
  readonly path: Path;
}

/** Addresses that would be taken twice. Port 0 never is: each one gets a port of its own. */
export function findCollisions(endpoints: readonly Placed[]): readonly Finding[] {
  return endpoints.flatMap((later, index) => {
    const earlier = endpoints.slice(0, index).find((one) => collide(one.settings, later.settings));
    if (earlier === undefined) return [];
    const { hostname, port } = earlier.settings;
    const message = `is taken already: \`${formatPath(earlier.path)}\` has ${formatHostPort(hostname, port)}`;
    return [{ path: later.path, message }];
  });
}

function collide(a: AdminSettings, b: AdminSettings): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  return a.hostname === b.hostname || covers(a.hostname, b.hostname) || covers(b.hostname, a.hostname);
}

/** Whether listening on `wide` takes the port of `narrow` too. */
function covers(wide: string, narrow: string): boolean {
  const isIPv6 = narrow.includes(":");
  if (narrow === "localhost")
    return wide === "127.0.0.1" || wide === "::1" || wide === "0.0.0.0" || wide === "::";
  if (wide === "0.0.0.0") return !isIPv6;
  return wide === "::" && isIPv6;
}

/** What only this host can reach. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
