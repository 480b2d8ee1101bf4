// Addresses that the back end gives of itself, as clients must write them: Location and Content-Location
// (RFC 9110 §10.2.2, §8.7). Others are left alone. Pure.

export interface LocationMapping {
  /** Rules of the operator, tried first and in order; the longest is not sought. */
  readonly rules: readonly { readonly from: string; readonly to: string }[];
  /** The back end's host, and port unless it is the scheme's own. Lower case. */
  readonly backendAuthority: string;
  /** What the client calls the gateway, in the same form; many back ends learn it and call themselves so. */
  readonly publicAuthority: string;
  readonly servicePath: string;
  readonly backendPath: string;
}

/** Scheme, authority and the rest; also without a scheme (RFC 3986 §4.2). */
const ABSOLUTE = /^(?:https?:)?\/\/([^/?#\\]*)(.*)$/i;

export function mapLocation(location: string, mapping: LocationMapping): string {
  for (const { from, to } of mapping.rules) {
    if (location.startsWith(from)) return `${to}${location.slice(from.length)}`;
  }
  const [, authority, after] = ABSOLUTE.exec(location) ?? [];
  if (authority !== undefined) {
    const host = stripDefaultPort(authority.toLowerCase(), location);
    const path = after?.startsWith("/") ? after : `/${after ?? ""}`;
    const isPublic = host === mapping.publicAuthority;
    if (!isPublic && host !== mapping.backendAuthority) return location;
    // A back end that knows the gateway's name may know the service's path as well.
    if (isPublic && mapping.servicePath !== "/" && isBelow(path, mapping.servicePath)) return location;
    return mapPathReference(path, mapping) ?? location;
  }
  // A reference that is relative to the page is as right here as there.
  if (!location.startsWith("/")) return location;
  return mapPathReference(location, mapping) ?? location;
}

/** `undefined`: the path lies outside of what the service stands for. */
function mapPathReference(path: string, { servicePath, backendPath }: LocationMapping): string | undefined {
  const prefix = backendPath.replace(/\/$/, "");
  if (!isBelow(path, prefix)) return undefined;
  const rest = path.slice(prefix.length);
  const base = servicePath === "/" ? "" : servicePath;
  const mapped = `${base}${rest}`;
  if (mapped === "" || /^[?#]/.test(mapped)) return `/${mapped}`;
  // Two slashes in front would name another host (RFC 3986 §4.2), to browsers also `/\`; "/." before them does not.
  return /^\/[/\\]/.test(mapped) ? `/.${mapped}` : mapped;
}

/** `prefix` has no slash at its end. */
function isBelow(path: string, prefix: string): boolean {
  const rest = path.slice(prefix.length);
  return path.startsWith(prefix) && (rest === "" || /^[/?#]/.test(rest));
}

function stripDefaultPort(authority: string, location: string): string {
  return /^https:/i.test(location) ? authority.replace(/:443$/, "") : authority.replace(/:80$/, "");
}
