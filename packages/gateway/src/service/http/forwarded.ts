// What the back end is told about the client: Forwarded (RFC 7239), the older X-Forwarded-*, and Via (RFC 9110 §7.6.3).
// Whoever fills these in is believed by applications, so that what a client sends of them goes no further by default.
import type { FillRandom } from "../../host/random-bytes.ts";
import type { Handshake } from "../../session/handshake.ts";
import { cleanValue, type Field } from "./header-filter.ts";

/**
 * `replace`: ours stand in place of the client's. `append`: ours come after the client's. `remove`: none at all.
 * `keep`: the client's alone.
 */
export type ForwardedRule = "replace" | "append" | "remove" | "keep";

/** Lower case, with `-` for `_`: CGI and its heirs cannot tell these apart, so that `X_Forwarded_For` counts too. */
function isAboutClient(name: string): boolean {
  const normal = name.toLowerCase().replaceAll("_", "-");
  return (
    normal === "forwarded" ||
    normal.startsWith("x-forwarded-") ||
    normal === "x-forwarded" ||
    normal === "x-real-ip" ||
    normal === "x-client-ip" ||
    normal === "x-cluster-client-ip" ||
    normal === "true-client-ip"
  );
}

/** `fields` are end-to-end; `pseudonym` is this service's name in Via and in `by`. */
export function applyForwarded(
  fields: readonly Field[],
  handshake: Handshake,
  rule: ForwardedRule,
  pseudonym: string,
): Field[] {
  if (rule === "keep") return [...fields];
  const rest = fields.filter(([name]) => !isAboutClient(name));
  if (rule === "remove") return rest;
  const { address, host, secure } = handshake;
  const proto = secure ? "https" : "http";
  const own: Field[] = [
    ["Forwarded", formatForwarded({ address, host, proto, by: pseudonym })],
    ["X-Forwarded-For", address],
    ["X-Forwarded-Host", cleanValue(host)],
    ["X-Forwarded-Proto", proto],
  ];
  if (rule === "replace") return [...rest, ...own];
  return [...rest, ...own.map(([name, value]): Field => [name, joinValues(fields, name, value)])];
}

function joinValues(fields: readonly Field[], name: string, value: string): string {
  const lower = name.toLowerCase();
  const sent = fields.filter(([one]) => one.toLowerCase() === lower).map(([, text]) => text);
  return [...sent.filter((text) => text.trim() !== ""), value].join(", ");
}

/** RFC 7239 §4. An obfuscated identifier for `by` begins with an underscore (§6.3). */
export function formatForwarded(about: { address: string; host: string; proto: string; by: string }): string {
  const node = about.address.includes(":") ? `"[${about.address}]"` : about.address;
  return `for=${node};by=_${about.by};host=${quote(about.host)};proto=${about.proto}`;
}

/** A quoted-string (RFC 9110 §5.6.4). What it cannot hold is left out. */
function quote(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;
}

/** Of characters that a token (Via) and an obfuscated identifier (Forwarded) may have. Tells nothing of the host. */
export function createPseudonym(fillRandom: FillRandom): string {
  const bytes = new Uint8Array(12);
  fillRandom(bytes);
  return `sluice-${Buffer.from(bytes).toString("hex")}`;
}

/** Has this request been here before (RFC 9110 §7.6.3)? */
export function isLoop(fields: Iterable<Field>, pseudonym: string): boolean {
  for (const [name, value] of fields) {
    if (name.toLowerCase() !== "via") continue;
    if (value.split(",").some((member) => member.trim().split(/[ \t]+/)[1] === pseudonym)) return true;
  }
  return false;
}

/** RFC 9110 §7.6.3: each hop adds itself at the end. */
export function appendVia(fields: readonly Field[], pseudonym: string): Field[] {
  const rest = fields.filter(([name]) => name.toLowerCase() !== "via");
  return [...rest, ["Via", joinValues(fields, "Via", `1.1 ${pseudonym}`)]];
}
