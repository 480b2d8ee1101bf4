// From a client's handshake to the back end's: path, origin, headers. Pure. Every part of it that a client can choose
// passes through the encoder of its place.

import { isFieldValue } from "@sluice/wire/bytes";
import type { WebSocketRequest } from "../../backend/websocket.ts";
import { formatHostHeader } from "../../backend/websocket-options.ts";
import type { TcpTarget } from "../../host/tcp.ts";
import type { Handshake } from "../../session/handshake.ts";
import type { WsSettings } from "./options.ts";

export interface RequestOptions {
  readonly settings: WsSettings;
  readonly target: TcpTarget;
  /** What the client may have of its offers. */
  readonly subprotocols: readonly string[];
  /** This service's name in `Via` (RFC 9110 §7.6.3), by which it knows its own requests again. */
  readonly pseudonym: string;
}

export function createRequest(handshake: Handshake, options: RequestOptions): WebSocketRequest {
  const { settings, target, subprotocols, pseudonym } = options;
  return {
    target,
    host: formatHostHeader(settings.connect),
    path: joinQuery(settings.connect.path, settings.query === "pass" ? handshake.query : ""),
    origin: chooseOrigin(handshake, settings.origin),
    subprotocols,
    headers: [
      ...forwardedHeaders(handshake, settings.forwarded),
      ["Via", appendVia(handshake.header("via"), pseudonym)],
      ...passedHeaders(handshake, settings.forward),
      ...Object.entries(settings.headers),
    ],
  };
}

/** Has this request been through this service before (RFC 9110 §7.6.3)? */
export function isLoop(handshake: Handshake, pseudonym: string): boolean {
  const via = handshake.header("via") ?? "";
  return via.split(",").some((member) => member.trim().split(/\s+/)[1] === pseudonym);
}

function joinQuery(path: string, query: string): string {
  if (query === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${encodeQuery(query)}`;
}

/** What may not stand in a request line is percent-encoded; the rest stays as the client wrote it. */
function encodeQuery(query: string): string {
  return query.replace(/[^\x21\x22\x24-\x7e]/gu, (character) => {
    // A lone surrogate has no UTF-8; it becomes U+FFFD.
    const text = character.isWellFormed() ? character : "\uFFFD";
    return [...new TextEncoder().encode(text)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  });
}

function chooseOrigin(handshake: Handshake, rule: WsSettings["origin"]): string | undefined {
  if (rule === "none") return undefined;
  if (rule !== "pass") return rule;
  return handshake.origin !== undefined && isValue(handshake.origin) ? handshake.origin : undefined;
}

function forwardedHeaders(handshake: Handshake, rule: WsSettings["forwarded"]): [string, string][] {
  const { address, secure, host } = handshake;
  const proto = secure ? "https" : "http";
  const headers: [string, string][] = [];
  if (rule === "both" || rule === "x-forwarded") {
    headers.push(["X-Forwarded-For", address], ["X-Forwarded-Proto", proto]);
    if (isValue(host)) headers.push(["X-Forwarded-Host", host]);
  }
  if (rule === "both" || rule === "forwarded")
    headers.push(["Forwarded", formatForwarded(address, proto, host)]);
  return headers;
}

/** RFC 7239 §4; an IPv6 address stands in brackets and quotes (§6). */
function formatForwarded(address: string, proto: string, host: string): string {
  const node = address.includes(":") ? `"[${address}]"` : address;
  return `for=${node};proto=${proto};host=${quote(host)}`;
}

/** A quoted-string (RFC 9110 §5.6.4). What it cannot hold is left out. */
function quote(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;
}

function appendVia(via: string | undefined, pseudonym: string): string {
  const own = `1.1 ${pseudonym}`;
  return via !== undefined && isValue(via) ? `${via}, ${own}` : own;
}

function passedHeaders(handshake: Handshake, names: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (const name of names) {
    const value = handshake.header(name);
    if (value !== undefined && isValue(value)) headers.push([name, value]);
  }
  return headers;
}

/** RFC 9110 §5.5, not empty. The listener lets nothing else in; a header is no place to rely on that. */
function isValue(value: string): boolean {
  return value !== "" && isFieldValue(value);
}
