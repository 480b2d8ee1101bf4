// From a client's request to the back end's: target and fields, for plain requests and WebSockets alike. Pure; what
// a client can choose passes through the encoder of its place.
import { formatHostPort } from "../../config/address.ts";
import type { HttpField } from "../../host/http-exchange.ts";
import type { Handshake } from "../../session/handshake.ts";
import { appendVia, applyForwarded } from "./forwarded.ts";
import { cleanValue, endToEndFields } from "./header-filter.ts";
import type { HttpSettings } from "./options.ts";
import { mapPath } from "./path-map.ts";

export interface RequestMapping {
  readonly settings: HttpSettings;
  /** The service's own path. */
  readonly path: string;
  /** This service's name in Via. */
  readonly pseudonym: string;
}

export interface BackendRequest {
  readonly target: string;
  /** The Host field; it does not stand among `fields`. */
  readonly host: string;
  readonly fields: readonly HttpField[];
}

/** `undefined`: the path leads out of what the back end is to serve. */
export function mapRequest(
  handshake: Handshake,
  fields: Iterable<HttpField>,
  { settings, path, pseudonym }: RequestMapping,
): BackendRequest | undefined {
  const mapping = { servicePath: path, backendPath: settings.connect.path };
  const target = mapPath(handshake.path, handshake.query, mapping);
  if (target === undefined) return undefined;
  const passed = endToEndFields(fields)
    .filter(([name]) => name.toLowerCase() !== "host")
    .map(([name, value]): HttpField => [name, cleanValue(value)]);
  return {
    target,
    host: settings.preserveHost ? handshake.host : authorityOf(settings.connect),
    fields: appendVia(applyForwarded(passed, handshake, settings.forwarded, pseudonym), pseudonym),
  };
}

/** Host, and port unless it is the scheme's own (RFC 9110 §7.2). */
export function authorityOf({ scheme, hostname, port }: HttpSettings["connect"]): string {
  const authority = formatHostPort(hostname, port);
  return port === (scheme === "https" ? 443 : 80)
    ? authority.slice(0, authority.lastIndexOf(":"))
    : authority;
}

/** What the client calls the gateway, without the port where it is the scheme's own. */
export function publicAuthorityOf({ host, secure }: Handshake): string {
  return host.replace(secure ? /:443$/ : /:80$/, "");
}

/**
 * What cannot be passed on as it was meant; `undefined` when all can. `hasContent`: the host gives some away.
 * Bun.serve reads past the content of a GET or HEAD, and without it the request would be another one.
 */
export function findContentProblem(headers: Headers, hasContent: boolean): string | undefined {
  const length = headers.get("content-length");
  // Whatever else it may say, servers do not agree on what it means (RFC 9110 §8.6).
  if (length !== null && !/^\d{1,15}$/.test(length)) return "Content-Length is no number";
  const isDeclared = headers.has("transfer-encoding") || Number(length) > 0;
  return isDeclared && !hasContent ? "it has content that its method should not have" : undefined;
}
