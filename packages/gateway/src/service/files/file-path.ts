// From the path of a request to the names of folders and a file below the served folder. Pure; touches no disk, so that
// symbolic links are not its business (host/files.ts). What is refused here is answered as if there were no such file.

export interface FilePath {
  /** Decoded names, outermost first; none is empty, `.`, `..`, or holds a separator or a control character. */
  readonly names: readonly string[];
  /** The path ends in a slash, or names the served folder itself with one. */
  readonly isFolder: boolean;
}

export type DotfileRule = "deny" | "allow";

/** Longest name and longest path of Linux file systems, in bytes (NAME_MAX, PATH_MAX less the folder's own part). */
const NAME_MAX_BYTES = 255;
const PATH_MAX_BYTES = 2048;

/**
 * `requestPath` with `servicePath` in front taken off, split and percent-decoded once (RFC 3986 §2.4).
 * `undefined`: no file can have this path. Dot segments were resolved by the listener; those that are left were hidden
 * from it, so that nobody who means well sent them.
 */
export function resolveFilePath(
  requestPath: string,
  servicePath: string,
  dotfiles: DotfileRule,
): FilePath | undefined {
  const rest = requestPath.slice(servicePath === "/" ? 0 : servicePath.length);
  if (rest === "") return { names: [], isFolder: false };
  if (!rest.startsWith("/") || rest.length > 3 * PATH_MAX_BYTES) return undefined;
  const isFolder = rest.endsWith("/");
  const segments = rest.slice(1, isFolder ? -1 : undefined);
  const names: string[] = [];
  let bytes = 0;
  for (const segment of segments === "" ? [] : segments.split("/")) {
    const name = decodeName(segment);
    if (name === undefined || (dotfiles === "deny" && isHidden(name, names.length))) return undefined;
    const nameBytes = Buffer.byteLength(name);
    bytes += nameBytes + 1;
    if (nameBytes > NAME_MAX_BYTES || bytes > PATH_MAX_BYTES) return undefined;
    names.push(name);
  }
  // "//" at the end: an empty name that the last slash has hidden.
  if (isFolder && segments === "" && rest !== "/") return undefined;
  return { names, isFolder };
}

/** `.well-known` is for the public by its purpose (RFC 8615 §3), and only in the first place. */
function isHidden(name: string, depth: number): boolean {
  return name.startsWith(".") && !(depth === 0 && name === ".well-known");
}

// Separators of any system, NUL and other controls: none belongs in a name that a URL may choose.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const FORBIDDEN = /[/\\\u0000-\u001f\u007f]/;

function decodeName(segment: string): string | undefined {
  let name: string;
  try {
    // Strict UTF-8: overlong forms such as %c0%af, surrogates and cut sequences throw (RFC 3629 §3).
    name = decodeURIComponent(segment);
  } catch {
    return undefined;
  }
  if (name === "" || name === "." || name === ".." || FORBIDDEN.test(name)) return undefined;
  return name.isWellFormed() ? name : undefined;
}

/** The path of a folder, with its slash, for a Location: starts with one slash and never with two. */
export function formatFolderPath(servicePath: string, names: readonly string[]): string {
  const base = servicePath === "/" ? "" : servicePath;
  return `${base}/${names.map((name) => `${encodeURIComponent(name)}/`).join("")}`;
}
