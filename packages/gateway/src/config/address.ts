// The text of an address of the network: `scheme://host:port/path`, split into plain data and put together
// again. Stricter than the URL standard, since an operator's slip must not become another address. Resolves nothing.

export interface Address {
  readonly scheme: string;
  /** Lower case; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number | undefined;
  /** With its query; empty when none was written. */
  readonly path: string;
}

const SHAPE = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)(#.*)?$/;
const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
/** One label of a host name (RFC 1123 §2.1); the underscore is not allowed there, but container networks use it. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

/** RFC 4291 §2.2, without brackets. A zone such as `%eth0` is allowed. */
export function isIPv6(text: string): boolean {
  const [address = "", zone] = text.split("%", 2);
  if (zone !== undefined && !/^[A-Za-z0-9_.-]{1,32}$/.test(zone)) return false;
  const dotted = /:([\d.]*\.[\d.]*)$/.exec(address);
  if (dotted?.[1] !== undefined && !IPV4.test(dotted[1])) return false;
  // A dotted quad stands for two groups.
  const groups = dotted ? `${address.slice(0, dotted.index)}:0:0` : address;
  const halves = groups.split("::");
  if (halves.length > 2) return false;
  const count = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!count.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count.length < 8 : count.length === 8;
}

/** What is wrong with a host name or address as written in a URL, without its brackets. */
function hostProblem(hostname: string): string | undefined {
  if (hostname === "") return "has no host";
  if (hostname.length > 253) return "has a host name of more than 253 characters";
  const labels = hostname.replace(/\.$/, "").split(".");
  // What ends in a number is an IPv4 address or a slip such as `10.0.0.256` (URL standard, "ends in a number").
  if (/^\d+$/.test(labels.at(-1) ?? "")) {
    return IPV4.test(hostname) ? undefined : `has a host \`${hostname}\` that is not an IPv4 address`;
  }
  if (!labels.every((label) => LABEL.test(label)))
    return `has a host \`${hostname}\` that is not a host name`;
  return undefined;
}

function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/**
 * The address, or what is wrong with it, as the rest of a sentence about it.
 * `forms` is what could be written instead, such as "`tcp://host:port`".
 */
export function parseAddress(text: string, forms: string): Address | string {
  // A control character or space would end up in a header or a log line.
  if (/[^\x21-\x7e]/.test(text)) return "holds a space or a character that a URL cannot have";
  const [, scheme, authority, path, fragment] = SHAPE.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || path === undefined) {
    return `is not a URL; write ${forms}`;
  }
  if (fragment !== undefined) return "has a fragment (`#…`), which an address cannot have";
  if (authority.includes("@")) return "has a user or password; credentials do not belong into an address";
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(authority) ?? [];
  const hostname = (bracketed ?? plain)?.toLowerCase();
  if (hostname === undefined)
    return "has a host that is not readable; an IPv6 address stands in brackets: `[::1]`";
  const problem = bracketed === undefined ? hostProblem(hostname) : undefined;
  if (problem !== undefined) return problem;
  if (bracketed !== undefined && !isIPv6(bracketed))
    return `has a host \`[${bracketed}]\` that is not an IPv6 address`;
  const port = portText === undefined ? undefined : parsePort(portText);
  if (portText !== undefined && port === undefined)
    return `has a port \`${portText}\` that is not a number from 0 to 65535`;
  return { scheme: scheme.toLowerCase(), hostname, port, path };
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatHostPort(hostname: string, port: number): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
