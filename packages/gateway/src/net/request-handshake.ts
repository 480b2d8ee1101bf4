// Reads the normalised handshake off a request. The text of the request is untrusted: nothing here throws on it,
// and `new URL` is not used, because it does.
import { isIP } from "node:net";
import { parseSubprotocols } from "@sluice/wire/websocket";
import { normaliseAddress } from "../guard/address.ts";
import type { CarrierKind, Handshake } from "../session/handshake.ts";

/** Which peers are proxies whose word about the client is taken. */
export type TrustProxy = (address: string) => boolean;

export interface HandshakeSource {
  readonly method: string;
  /** Absolute URL or path with query, dot segments resolved by the host. */
  readonly url: string;
  header(name: string): string | undefined;
  headers(): Iterable<readonly [string, string]>;
  /** The TCP peer. */
  readonly peerAddress: string;
  readonly secure: boolean;
  readonly listener: string;
  readonly carrier: CarrierKind;
  readonly connectionId: string;
}

const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** `undefined`: the Host header is missing, repeated or malformed (RFC 9112 §3.2: answer 400). */
export function readHandshake(source: HandshakeSource, trustProxy: TrustProxy): Handshake | undefined {
  const host = source.header("host")?.toLowerCase();
  if (host === undefined || !HOST.test(host)) return undefined;
  const { path, query } = splitTarget(source.url);
  const peer = normaliseAddress(source.peerAddress);
  const isProxied = trustProxy(peer);
  return {
    carrier: source.carrier,
    connectionId: source.connectionId,
    method: source.method,
    path,
    query,
    host,
    secure: isProxied ? isForwardedSecure(source) : source.secure,
    origin: source.header("origin"),
    address: isProxied ? forwardedAddress(source, peer, trustProxy) : peer,
    subprotocols: offeredSubprotocols(source.header("sec-websocket-protocol")),
    listener: source.listener,
    header: (name) => source.header(name),
    headers: () => source.headers(),
  };
}

/** A malformed list offers nothing; for a WebSocket handshake it is refused besides, in upgrade.ts. */
function offeredSubprotocols(value: string | undefined): readonly string[] {
  return value === undefined ? [] : (parseSubprotocols([value]) ?? []);
}

/** Splits `http://host/a?b` or `/a?b` without judging it. */
export function splitTarget(url: string): { path: string; query: string } {
  const scheme = url.indexOf("://");
  const start = url.startsWith("/") || scheme < 0 ? 0 : url.indexOf("/", scheme + 3);
  const target = start < 0 ? "/" : url.slice(start);
  const mark = target.indexOf("?");
  if (mark < 0) return { path: target, query: "" };
  return { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function isForwardedSecure(source: HandshakeSource): boolean {
  const forwarded = source.header("x-forwarded-proto");
  return forwarded === undefined ? source.secure : forwarded.split(",").at(-1)?.trim() === "https";
}

/** The last address in X-Forwarded-For that is not itself a trusted proxy: what is left of it the client may have invented. */
function forwardedAddress(source: HandshakeSource, peer: string, trustProxy: TrustProxy): string {
  const hops = (source.header("x-forwarded-for") ?? "").split(",").map(readHop);
  for (const hop of hops.reverse()) {
    if (isIP(hop) === 0) return peer;
    if (!trustProxy(hop)) return hop;
  }
  return peer;
}

/** Some proxies add the port: `192.0.2.1:5555`, `[2001:db8::1]:5555`. One address must not look like many. */
function readHop(text: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(text.trim()) ?? [];
  return normaliseAddress(bracketed ?? plain ?? text.trim());
}
