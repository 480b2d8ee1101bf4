// Options that every service with a back-end WebSocket has, and what they resolve to. Connects nothing.
import { isFieldValue, isToken } from "@sluice/wire/bytes";
import { z } from "zod";
import { formatHostPort } from "../config/address.ts";
import type { BackendUrl } from "../config/backend-url.ts";
import { marked } from "../config/marks.ts";
import { filePath } from "../config/scalars.ts";
import type { TcpTarget } from "../host/tcp.ts";
import { readTextFile } from "../host/text-file.ts";

/** Written by the handshake itself, or about one connection only (RFC 9110 §7.6.1). Lower case. */
const RESERVED = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "origin",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The handshake or the connection owns this field; nobody else may add it. Any case. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return RESERVED.has(lower) || lower.startsWith("sec-websocket-");
}

export const subprotocolName = () => z.string().refine(isToken, { error: "is not a subprotocol name" });

export const headerName = () =>
  z
    .string()
    .refine(isToken, { error: "is not a header name" })
    .refine((name) => !isReservedHeader(name), { error: "is a header that the gateway writes itself" });

/** Headers by name. Values are printed masked, since most of them are credentials. */
export const headerFields = () =>
  z.record(
    headerName(),
    marked(
      z.string().refine((value) => value !== "" && isFieldValue(value), {
        error: "is empty, or holds a character that a header cannot have",
      }),
      { kind: "secret" },
    ),
  );

export const tlsOptions = z.strictObject({
  verify: z
    .boolean()
    .default(true)
    .describe("Check the back end's certificate and name. `false` only for tests."),
  ca: filePath().optional().describe("PEM file of the authorities to trust instead of the system's."),
  serverName: z
    .string()
    .optional()
    .describe("Name to ask for (SNI) and to check, if not the host of the address."),
});

export type TlsSettings = z.output<typeof tlsOptions>;

/** Where to dial for an address. Reads the file of authorities; throws `TextFileError` when it cannot. */
export function resolveTarget(url: BackendUrl, tls: TlsSettings): TcpTarget {
  const { hostname, port } = url;
  if (url.scheme === "unix") return { scheme: "unix", path: url.path };
  if (url.scheme !== "tls" && url.scheme !== "wss") return { scheme: "tcp", hostname, port };
  return {
    scheme: "tls",
    hostname,
    port,
    verify: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: readTextFile(tls.ca) }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
}

/** The Host header for a ws or wss address: without the port where it is the scheme's own (RFC 6455 §4.1). */
export function formatHostHeader({ scheme, hostname, port }: BackendUrl<"ws" | "wss">): string {
  const isDefault = port === (scheme === "wss" ? 443 : 80);
  const host = formatHostPort(hostname, port);
  return isDefault ? host.slice(0, host.lastIndexOf(":")) : host;
}
