// The address of something that the gateway connects to, as an option of a service: `tcp://host:port`,
// `unix:/path`, `wss://host/path`. Only the text is judged here; names are resolved when a session connects.
import { z } from "zod";
import { formatHostPort, parseAddress } from "./address.ts";
import { marked } from "./marks.ts";

/** The schemes a service may allow, and the port that each implies. */
const DEFAULT_PORTS = {
  tcp: undefined,
  tls: undefined,
  udp: undefined,
  unix: undefined,
  ws: 80,
  http: 80,
  wss: 443,
  https: 443,
} as const;

export type BackendScheme = keyof typeof DEFAULT_PORTS;

export interface BackendUrl<Scheme extends BackendScheme = BackendScheme> {
  readonly scheme: Scheme;
  /** Lower case; an IPv6 address without brackets. Empty for `unix`. */
  readonly hostname: string;
  /** 1 to 65535; 0 for `unix`. */
  readonly port: number;
  /** `unix`: the socket's absolute path. `ws`, `wss`, `http`, `https`: path and query, at least `/`. Else empty. */
  readonly path: string;
}

/** As an operator writes it; for logs. Holds no credentials, since none are accepted. */
export function formatBackendUrl(url: BackendUrl): string {
  if (url.scheme === "unix") return `unix:${url.path}`;
  return `${url.scheme}://${formatHostPort(url.hostname, url.port)}${url.path}`;
}

function isScheme<Scheme extends BackendScheme>(text: string, schemes: readonly Scheme[]): text is Scheme {
  return schemes.some((scheme) => scheme === text);
}

function alternatives(schemes: readonly BackendScheme[]): string {
  const forms = schemes.map((scheme) => `\`${example(scheme)}\``);
  return forms.length < 2 ? forms.join("") : `${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}`;
}

function example(scheme: BackendScheme): string {
  if (scheme === "unix") return "unix:/path";
  return DEFAULT_PORTS[scheme] === undefined ? `${scheme}://host:port` : `${scheme}://host/path`;
}

function parseUnix<Scheme extends BackendScheme>(text: string, scheme: Scheme): BackendUrl<Scheme> | string {
  const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
  if (!/^\/(?!\/)/.test(path)) return "needs the absolute path of a socket, such as `unix:/run/app.sock`";
  if (path.includes("\0")) return "holds a NUL character";
  // sun_path holds 108 bytes on Linux and 104 elsewhere, the closing NUL included; longer ones cannot be connected.
  if (new TextEncoder().encode(path).length > 103) return "has a socket path of more than 103 bytes";
  return { scheme, hostname: "", port: 0, path };
}

/** The parts of `text`, or what is wrong with it, as the rest of a sentence about it. */
export function parseBackendUrl<Scheme extends BackendScheme>(
  text: string,
  schemes: readonly Scheme[],
): BackendUrl<Scheme> | string {
  const prefix = /^unix:/i.test(text) ? "unix" : "";
  if (isScheme(prefix, schemes)) return parseUnix(text, prefix);
  const address = parseAddress(text, alternatives(schemes));
  if (typeof address === "string") return address;
  const { scheme, hostname } = address;
  if (!isScheme(scheme, schemes)) return `has the scheme \`${scheme}\`; write ${alternatives(schemes)}`;
  const defaultPort: number | undefined = DEFAULT_PORTS[scheme];
  const port = address.port ?? defaultPort;
  if (port === undefined) return `has no port; write \`${scheme}://${formatHost(hostname)}:PORT\``;
  if (port === 0) return "has port 0; nothing can be connected there";
  if (defaultPort !== undefined) return { scheme, hostname, port, path: withSlash(address.path) };
  if (address.path !== "" && address.path !== "/")
    return `has a path \`${address.path}\`, which ${scheme} does not have`;
  return { scheme, hostname, port, path: "" };
}

function formatHost(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

function withSlash(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}

/** An address of one of these schemes. The port may be left out for ws, wss, http and https only. */
export function backendUrl<const Scheme extends BackendScheme>(schemes: readonly Scheme[]) {
  const text = z.string({
    error: ({ input }) => `${input === undefined ? "is missing; write" : "must be"} ${alternatives(schemes)}`,
  });
  const schema = text.transform((text, context): BackendUrl<Scheme> => {
    const url = parseBackendUrl(text, schemes);
    if (typeof url !== "string") return url;
    context.addIssue({ code: "custom", message: url });
    return z.NEVER;
  });
  return marked(schema, { kind: "url", schemes });
}
