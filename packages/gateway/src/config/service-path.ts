// The path of a service, as it is written under `services` and as it is compared with that of a request.

/** RFC 3986 §3.3: what a path is made of. Percent-encoded characters are left out: a path has one spelling here. */
const PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;

/** The path, ending in `/` only when it is `/`; or what is wrong with it, as the rest of a sentence about it. */
export function normaliseServicePath(text: string): { readonly path: string } | { readonly problem: string } {
  if (!text.startsWith("/")) return { problem: `must begin with a slash: \`/${text}\`` };
  if (text.includes("?")) return { problem: "has a query; a service has the path alone" };
  if (text.includes("#")) return { problem: "has a fragment; a service has the path alone" };
  if (text.includes("%"))
    return { problem: "has a percent sign; services have paths without encoded characters" };
  if (!PATH.test(text)) return { problem: "has a character that a path of a URL cannot have" };
  const segments = text.split("/");
  if (segments.some((segment) => segment === "." || segment === "..")) {
    return { problem: "has a segment `.` or `..`, which browsers resolve before they ask" };
  }
  if (text.includes("//")) return { problem: "has an empty segment (`//`)" };
  return { path: text === "/" ? text : text.replace(/\/$/, "") };
}
