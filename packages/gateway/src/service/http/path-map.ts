// From the path of a request to the path at the back end: the service's own path is replaced by the back end's prefix,
// and nothing that could be read as a way out of that prefix gets through. Pure.
//
//   service /app, connect http://back/base:   /app/x?y  ->  /base/x?y

export interface PathMapping {
  /** The service's path; ends in `/` only when it is `/`. */
  readonly servicePath: string;
  /** The back end's path, at least `/`. With a slash at its end only `/app` itself is mapped differently: to `/base/`. */
  readonly backendPath: string;
}

/** Most times a path is decoded to see what a chain of servers could make of it. */
const DECODINGS_MAX = 5;

/**
 * The request target (RFC 9112 §3.2.1) for the back end, or `undefined` when the path leaves the prefix, or could be
 * understood so by a server that decodes once more or takes `\` for `/`.
 */
export function mapPath(path: string, query: string, mapping: PathMapping): string | undefined {
  const rest = mapping.servicePath === "/" ? path : path.slice(mapping.servicePath.length);
  if (rest !== "" && !rest.startsWith("/")) return undefined;
  if (!staysInside(rest)) return undefined;
  const prefix = mapping.backendPath.replace(/\/$/, "");
  const mapped = rest === "" ? mapping.backendPath : `${prefix}${rest}`;
  // A question mark can only stand here if somebody upstream has not split the target; it must not split it now.
  return `${encodePart(mapped).replaceAll("?", "%3F")}${query === "" ? "" : `?${encodePart(query)}`}`;
}

/** No dot segment leads above the start, however often the path is decoded. */
function staysInside(path: string): boolean {
  let text = path;
  for (let round = 0; round < DECODINGS_MAX; round++) {
    if (leavesPrefix(text)) return false;
    const decoded = decodeAscii(text);
    if (decoded === text) return true;
    text = decoded;
  }
  // Nobody writes `%25252525252e` who means well.
  return false;
}

/**
 * Segments end at `/` and at `\`. What follows a `;` is a parameter to some servers, so that `..;x` is `..` to them
 * (RFC 3986 §3.3 has left them the freedom).
 */
function leavesPrefix(path: string): boolean {
  let depth = 0;
  for (const segment of path.split(/[/\\]/)) {
    const [name = ""] = segment.split(";", 1);
    // Trailing controls and blanks are cut by some, NUL included.
    const bare = name.replace(/^[\s\0]+|[\s\0]+$/g, "");
    if (bare === "..") depth--;
    else if (bare !== "" && bare !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** Decodes what stands for one ASCII character; others cannot be a separator or a dot. */
function decodeAscii(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** What may not stand in a request line is percent-encoded; the rest stays as the client wrote it. */
function encodePart(text: string): string {
  return text.replace(/[^\x21\x22\x24-\x7e]/gu, (character) => encodeURIComponent(character.toWellFormed()));
}
