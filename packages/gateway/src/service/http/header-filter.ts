// Which header fields cross the gateway, in both directions (RFC 9110 §7.6.1). Adds none, and judges no value but
// Connection's.

/** A field by its name as sent, and its value. */
export type Field = readonly [name: string, value: string];

/**
 * About one connection, or consumed by this hop. Transfer-Encoding and Trailer go because the body is framed anew;
 * Expect because the listener has answered it; Proxy-Authorization and its kin because they are for this hop (§11.7).
 */
const HOP_BY_HOP: readonly string[] = [
  "connection",
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * Fields that are for the recipient whatever Connection says. The framing is the gateway's own business, and without
 * Host there would be no request; §7.6.1 forbids to list such.
 */
const END_TO_END: readonly string[] = ["content-length", "host"];

/** Lower-case names of the fields that end here. `connection` holds all values of the Connection field, joined by commas. */
export function hopByHopNames(connection: string): ReadonlySet<string> {
  const listed = connection.split(",").map((name) => name.trim().toLowerCase());
  return new Set([...HOP_BY_HOP, ...listed.filter((name) => !END_TO_END.includes(name))]);
}

/** What remains for the other side. Repeated fields stay repeated and in their order. */
export function endToEndFields(fields: Iterable<Field>): Field[] {
  const all = [...fields];
  const connection = all.filter(([name]) => name.toLowerCase() === "connection").map(([, value]) => value);
  const dropped = hopByHopNames(connection.join(","));
  return all.filter(([name]) => !dropped.has(name.toLowerCase()));
}

/**
 * A value as it may be passed on (RFC 9110 §5.5): control characters, which some parsers let through, become spaces.
 */
export function cleanValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced.
  return value.replace(/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/g, " ");
}
