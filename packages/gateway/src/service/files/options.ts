// Options of the `files` service.
import { isFieldValue, isToken } from "@sluice/wire/bytes";
import { z } from "zod";
import { filePath } from "../../config/scalars.ts";
import { findCacheValueProblem } from "./cache-control.ts";
import { resolveFilePath } from "./file-path.ts";
import { findGlobProblem } from "./glob.ts";

const MEDIA_TYPE = /^[!#$&^_.+\-0-9A-Za-z]+\/[!#$&^_.+\-0-9A-Za-z]+(?:; ?[!#$&^_.+\-0-9A-Za-z]+=[^;,\s"]+)*$/;
/** Written by the service for each answer, from what it knows of the file. */
const OWN_HEADERS: readonly string[] = [
  "accept-ranges",
  "age",
  "allow",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "date",
  "etag",
  "keep-alive",
  "last-modified",
  "location",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "vary",
];

function judged(findProblem: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = findProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

function findNameProblem(text: string): string | undefined {
  return text === "" || text === "." || text === ".." || /[/\\\0]/.test(text)
    ? "is not the name of a file, such as `index.html`"
    : undefined;
}

function findFallbackProblem(text: string): string | undefined {
  const path = resolveFilePath(`/${encodeURI(text)}`, "/", "allow");
  return path === undefined || path.isFolder
    ? "is not the path of a file below `directory`, such as `index.html`"
    : undefined;
}

function findHeaderProblem(name: string): string | undefined {
  if (!isToken(name)) return "is not a header name";
  return OWN_HEADERS.includes(name.toLowerCase()) ? "is a header that the service writes itself" : undefined;
}

const indexName = () => judged(findNameProblem);

export const filesOptions = z.strictObject({
  directory: filePath().describe(
    "The folder that is served. It may be a link, and may be turned to another folder at any time.",
  ),
  index: z
    .union([indexName().transform((name) => [name]), z.array(indexName())])
    .prefault("index.html")
    .describe("Names of the file that stands for a folder; the first that exists. An empty list: none."),
  listing: z
    .boolean()
    .default(false)
    .describe(
      "Show what is in a folder that has no index file: as a page, or as JSON where Accept asks for it.",
    ),
  errorPages: filePath()
    .optional()
    .describe(
      "A folder with pages for errors: `404.html`, `403.html` and so on, at most 64 KiB each. One sentence of text where there is none.",
    ),
  fallback: judged(findFallbackProblem)
    .optional()
    .describe(
      "A file below `directory` that is served for unknown paths, for applications of one page. Not for names with a dot, and only to clients that take HTML: a missing script stays missing.",
    ),
  cacheControl: z
    .array(
      z.strictObject({
        pattern: judged(findGlobProblem).describe(
          "`*` and `?` within a name, `**` for any folders. Without a slash it is matched against the name alone.",
        ),
        value: judged(findCacheValueProblem).describe(
          "The Cache-Control header. `max-age=modified+1d` counts from the file's last change.",
        ),
      }),
    )
    .default([])
    .describe(
      "Cache-Control by path, first match wins. Otherwise `no-cache`: kept by browsers, and asked about each time.",
    ),
  precompressed: z
    .boolean()
    .default(false)
    .describe(
      "Serve `app.js.br` or `app.js.gz` in place of `app.js` to clients that take them, if they are not older than it.",
    ),
  symlinks: z
    .enum(["restricted", "follow", "deny"])
    .default("restricted")
    .describe(
      "Symbolic links: `restricted` followed only to what lies in `directory`, `follow` anywhere, `deny` not at all.",
    ),
  dotfiles: z
    .enum(["deny", "allow"])
    .default("deny")
    .describe("Names that begin with a dot. `deny`: they are not there, but for `/.well-known`."),
  types: z
    .record(
      z
        .string()
        .regex(/^[^./\\]+$/, { error: "is not an extension; write it without its dot, such as `gltf`" })
        .toLowerCase(),
      z.string().regex(MEDIA_TYPE, { error: "is not a media type, such as `model/gltf+json`" }),
    )
    .default({})
    .describe("Media types by extension, beside and before the built-in ones: `gltf: model/gltf+json`."),
  headers: z
    .record(
      judged(findHeaderProblem),
      z.string().refine((value) => value !== "" && isFieldValue(value), {
        error: "is empty, or holds a character that a header cannot have",
      }),
    )
    .default({})
    .describe("Further headers of every answer, such as `Content-Security-Policy`."),
});

export type FilesSettings = z.output<typeof filesOptions>;
