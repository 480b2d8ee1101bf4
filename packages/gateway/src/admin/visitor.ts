// Who may talk to the admin side, which has no login: not a page of another site, by whatever way a browser takes.
// A name that was rebound to our address, a cross-origin request, a form, an image: all are recognised here.
import type { Problem } from "./answer.ts";

/** `[::1]:8001`, `localhost`, `10.0.0.5:8001`. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** `undefined` admits. `adminHostname` is the configured one, without brackets. */
export function judgeVisitor(request: Request, adminHostname: string): Problem | undefined {
  const host = request.headers.get("host")?.toLowerCase();
  if (host === undefined) return { status: 400, detail: "The request has no Host header (RFC 9112 §3.2)." };
  const name = HOST.exec(host)?.[1];
  if (name === undefined) return { status: 400, detail: "The Host header is malformed." };
  if (!isServed(name, adminHostname.toLowerCase())) return { status: 421, detail: HOST_DETAIL };
  return isForeign(request, host)
    ? { status: 403, detail: "The request comes from a page of another origin." }
    : undefined;
}

const HOST_DETAIL =
  "The admin side is not served under this Host name. Use a loopback name, or the host that `admin` names in the configuration.";

/**
 * A page can be given any name, but no name that is an address or ends in `.localhost`: so these are not rebound ones.
 * Other addresses count only where the admin side listens on all of them.
 */
function isServed(name: string, adminHostname: string): boolean {
  if (name === "localhost" || name.endsWith(".localhost") || name === "[::1]") return true;
  if (IPV4.test(name) && name.startsWith("127.")) return true;
  if (name === adminHostname || name === `[${adminHostname}]`) return true;
  const listensOnAll = adminHostname === "0.0.0.0" || adminHostname === "::";
  return listensOnAll && (IPV4.test(name) || name.startsWith("["));
}

function isForeign(request: Request, host: string): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null && origin.toLowerCase() !== `${new URL(request.url).protocol}//${host}`) return true;
  // Fetch Metadata: what browsers add and pages cannot change.
  const site = request.headers.get("sec-fetch-site");
  if (site === null || site === "none" || site === "same-origin") return false;
  // A link from elsewhere may be followed: the page it leads to cannot be read by the one it stood on.
  return !(SAFE_METHODS.has(request.method) && request.headers.get("sec-fetch-mode") === "navigate");
}
