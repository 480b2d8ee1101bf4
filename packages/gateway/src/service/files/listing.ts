// What a folder holds, as a page or as JSON. Names of files are strangers' text: every one of them is encoded for its place.
import { escapeHtml } from "../page/answer.ts";
import { formatHttpDate } from "./http-date.ts";

export interface ListedEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface Listing {
  /** The folder's path as in the URL, decoded, with a slash at its end. */
  readonly path: string;
  readonly isRoot: boolean;
  readonly entries: readonly ListedEntry[];
  /** There are more than are listed. */
  readonly isCut: boolean;
}

/** Folders first, then by name, as code points: the same everywhere. */
export function sortEntries(entries: readonly ListedEntry[]): ListedEntry[] {
  const rank = ({ kind }: ListedEntry) => (kind === "folder" ? 0 : 1);
  return [...entries].sort(
    (one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : one.name > other.name ? 1 : 0),
  );
}

/** The page needs nothing: a name that got through as markup could still load and run nothing. */
export const LISTING_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function formatListingPage({ path, isRoot, entries, isCut }: Listing): string {
  const title = escapeHtml(path);
  const rows = entries.map((entry) => formatRow(entry)).join("");
  const parent = isRoot ? "" : '<tr><td><a href="../">../</a></td><td></td><td></td></tr>\n';
  const note = isCut ? `<p>Only ${entries.length} entries are shown; there are more.</p>\n` : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
<table>
<tr><th align="left">Name</th><th align="right">Size</th><th align="left">Changed</th></tr>
${parent}${rows}</table>
${note}</html>
`;
}

function formatRow({ name, kind, sizeBytes, modifiedMs }: ListedEntry): string {
  const slash = kind === "folder" ? "/" : "";
  // With "./" in front no name can be read as a scheme, such as `javascript:x`, or as another host.
  const href = `./${encodeURIComponent(name.toWellFormed())}${slash}`;
  const size = kind === "folder" ? "" : String(sizeBytes);
  return `<tr><td><a href="${escapeHtml(href)}">${escapeHtml(`${name}${slash}`)}</a></td><td align="right">${size}</td><td>${formatHttpDate(modifiedMs)}</td></tr>\n`;
}

export function formatListingJson({ path, entries, isCut }: Listing): string {
  return JSON.stringify({
    path,
    isCut,
    entries: entries.map(({ name, kind, sizeBytes, modifiedMs }) => ({
      name,
      kind,
      ...(kind === "file" ? { sizeBytes } : {}),
      modified: new Date(modifiedMs).toISOString(),
    })),
  });
}
