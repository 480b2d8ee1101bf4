// Domain and Path of the back end's cookies, as clients must be told them (RFC 6265 §4.1). One field, one cookie. Pure.

export interface CookieMapping {
  /** `keep`, `remove` (then it is the gateway's host alone), or another domain for each of these. */
  readonly domain: "keep" | "remove" | readonly { readonly from: string; readonly to: string }[];
  /** The back end's prefix and the service's path in place of it; `undefined` keeps paths. */
  readonly path: { readonly backendPath: string; readonly servicePath: string } | undefined;
}

/** Attributes that the gateway does not know pass as they are, and so does the cookie itself. */
export function mapSetCookie(field: string, mapping: CookieMapping): string {
  const [cookie = "", ...attributes] = field.split(";");
  const mapped = attributes.flatMap((attribute) => mapAttribute(attribute, mapping));
  return [cookie, ...mapped].join(";");
}

function mapAttribute(attribute: string, mapping: CookieMapping): string[] {
  const equals = attribute.indexOf("=");
  const name = (equals < 0 ? attribute : attribute.slice(0, equals)).trim().toLowerCase();
  const value = equals < 0 ? "" : attribute.slice(equals + 1).trim();
  if (name === "domain") return mapDomain(attribute, value, mapping.domain);
  if (name === "path" && mapping.path !== undefined) return [` Path=${mapPath(value, mapping.path)}`];
  return [attribute];
}

function mapDomain(attribute: string, value: string, rule: CookieMapping["domain"]): string[] {
  if (rule === "keep") return [attribute];
  if (rule === "remove") return [];
  // RFC 6265 §5.2.3: a dot in front means nothing, nor does case.
  const domain = value.replace(/^\./, "").toLowerCase();
  const to = rule.find(({ from }) => from.replace(/^\./, "").toLowerCase() === domain)?.to;
  return [to === undefined ? attribute : ` Domain=${to}`];
}

/** A path outside of the prefix is left: it would be a guess. */
function mapPath(
  value: string,
  { backendPath, servicePath }: { backendPath: string; servicePath: string },
): string {
  const prefix = backendPath.replace(/\/$/, "");
  if (!value.startsWith(prefix)) return value;
  const rest = value.slice(prefix.length);
  if (rest !== "" && !rest.startsWith("/")) return value;
  const mapped = `${servicePath === "/" ? "" : servicePath}${rest}`;
  // The whole of the back end is the whole of the service, which has its own path without a slash too.
  if (rest === "/" && servicePath !== "/") return servicePath;
  return mapped === "" ? "/" : mapped;
}
