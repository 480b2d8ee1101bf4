// `files`: serves the files of one folder over HTTP. Reads them through host/files.ts; takes no WebSocket.
import {
  createFileTree,
  type FileFailure,
  type FileTree,
  isDirectory,
  type OpenFile,
} from "../../host/files.ts";
import type { Handshake } from "../../session/handshake.ts";
import type { ServiceContext, ServiceDefinition } from "../service.ts";
import { acceptedCodings, weightOfType } from "./accept.ts";
import { createCachePolicy } from "./cache-control.ts";
import { createErrorAnswers, type ErrorAnswers } from "./error-answer.ts";
import { answerFile } from "./file-answer.ts";
import { formatFolderPath, resolveFilePath } from "./file-path.ts";
import {
  formatListingJson,
  formatListingPage,
  LISTING_POLICY,
  type Listing,
  sortEntries,
} from "./listing.ts";
import { mediaTypeOf } from "./media-types.ts";
import { type FilesSettings, filesOptions } from "./options.ts";

export const files: ServiceDefinition<typeof filesOptions, "files"> = {
  type: "files",
  summary: "Serves the files of a folder.",
  match: "prefix",
  options: filesOptions,
  create(settings, context) {
    const server = new FileServer(settings, context);
    return {
      start() {
        if (isDirectory(settings.directory)) return;
        // It may come later, with a disk or a build; until then every path of it is answered 404.
        context.log.warn("directory is missing", { directory: settings.directory });
      },
      respond: (request, handshake) => server.respond(request, handshake),
      stop() {},
    };
  },
};

/** Extensions of compressed copies, best first: what compresses better is preferred among equals. */
const CODINGS = new Map([
  ["br", ".br"],
  ["gzip", ".gz"],
]);

/** A folder with more entries is shown up to here. Each costs the system one look. */
export const LISTING_MAX_ENTRIES = 5000;

class FileServer {
  readonly #settings: FilesSettings;
  readonly #context: ServiceContext;
  readonly #tree: FileTree;
  readonly #cachePolicy: ReturnType<typeof createCachePolicy>;
  readonly #errors: ErrorAnswers;
  readonly #common: Readonly<Record<string, string>>;

  constructor(settings: FilesSettings, context: ServiceContext) {
    const { clock } = context;
    const { directory, errorPages, symlinks } = settings;
    this.#settings = settings;
    this.#context = context;
    this.#tree = createFileTree({ root: directory, symlinks, clock });
    this.#cachePolicy = createCachePolicy(settings.cacheControl);
    this.#common = { "x-content-type-options": "nosniff", ...settings.headers };
    // Error pages are the operator's own, by names that no client chooses.
    const pages =
      errorPages === undefined ? undefined : createFileTree({ root: errorPages, symlinks: "follow", clock });
    this.#errors = createErrorAnswers(pages, this.#common);
  }

  async respond(request: Request, handshake: Handshake): Promise<Response> {
    const { method } = request;
    // RFC 9110 §15.5.6: 405 names the methods that would do.
    if (method !== "GET" && method !== "HEAD") {
      return this.#errors.answer(method, 405, { allow: "GET, HEAD" });
    }
    const path = resolveFilePath(handshake.path, this.#context.path, this.#settings.dotfiles);
    if (path === undefined) return this.#errors.answer(method, 404);
    const { names, isFolder } = path;
    const found = await this.#tree.open(names);
    if ("problem" in found) return this.#answerProblem(request, handshake, found, names);
    if (found.kind === "folder") {
      return isFolder
        ? this.#answerFolder(request, handshake, names)
        : this.#redirect(names, handshake.query);
    }
    if (!isFolder) return this.#answerFile(request, found, names);
    found.close();
    return this.#answerAbsent(request, names);
  }

  /** RFC 9110 §15.4.9. The Location is a path alone, so that no Host header can turn it elsewhere. */
  #redirect(names: readonly string[], query: string): Response {
    const location = `${formatFolderPath(this.#context.path, names)}${query === "" ? "" : `?${encodeQuery(query)}`}`;
    return new Response(null, {
      status: 308,
      headers: { ...this.#common, location, "cache-control": "no-cache" },
    });
  }

  async #answerFolder(request: Request, handshake: Handshake, names: readonly string[]): Promise<Response> {
    for (const name of this.#settings.index) {
      const index = await this.#tree.open([...names, name]);
      if ("problem" in index) {
        if (index.problem === "absent") continue;
        return this.#answerProblem(request, handshake, index, names);
      }
      if (index.kind === "file") return this.#answerFile(request, index, [...names, name]);
    }
    if (!this.#settings.listing) return this.#answerAbsent(request, names);
    const listing = await this.#tree.list(names, LISTING_MAX_ENTRIES);
    if ("problem" in listing) return this.#answerProblem(request, handshake, listing, names);
    const isShown = (name: string) => this.#settings.dotfiles === "allow" || !name.startsWith(".");
    return this.#answerListing(request, {
      path: `/${names.map((name) => `${name}/`).join("")}`,
      isRoot: names.length === 0,
      isCut: listing.isCut,
      entries: sortEntries(listing.entries.filter(({ name }) => isShown(name))),
    });
  }

  #answerListing(request: Request, listing: Listing): Response {
    const accept = request.headers.get("accept");
    const isJson = weightOfType(accept, "application/json") > weightOfType(accept, "text/html");
    const text = isJson ? formatListingJson(listing) : formatListingPage(listing);
    const headers = new Headers({
      "content-security-policy": LISTING_POLICY,
      ...this.#common,
      "content-type": isJson ? "application/json" : "text/html; charset=utf-8",
      "cache-control": "no-cache",
      vary: "accept",
    });
    if (request.method !== "HEAD") return new Response(text, { headers });
    headers.set("content-length", String(Buffer.byteLength(text)));
    return new Response(null, { headers });
  }

  async #answerFile(request: Request, file: OpenFile, names: readonly string[]): Promise<Response> {
    const { precompressed, types } = this.#settings;
    const nowMs = this.#context.clock.wallMs();
    const name = names.at(-1) ?? "";
    const form = precompressed ? await this.#chooseForm(request, file, names) : { file, coding: "" };
    const about = {
      mediaType: mediaTypeOf(name, types),
      cacheControl: this.#cachePolicy(names.join("/"), file.modifiedMs, nowMs),
      coding: form.coding,
      isNegotiated: precompressed,
    };
    return answerFile(request, form.file, about, { nowMs, common: this.#common, errors: this.#errors });
  }

  /** A compressed copy that is older than the file is of something else. */
  async #chooseForm(request: Request, file: OpenFile, names: readonly string[]) {
    const offered = [...CODINGS.keys()];
    for (const coding of acceptedCodings(request.headers.get("accept-encoding"), offered)) {
      const copy = await this.#tree.open([...names.slice(0, -1), `${names.at(-1)}${CODINGS.get(coding)}`]);
      if (!("kind" in copy) || copy.kind !== "file") continue;
      if (copy.modifiedMs >= file.modifiedMs) {
        file.close();
        return { file: copy, coding };
      }
      copy.close();
    }
    return { file, coding: "" };
  }

  async #answerAbsent(request: Request, names: readonly string[]): Promise<Response> {
    const { fallback } = this.#settings;
    const isPage =
      !(names.at(-1) ?? "").includes(".") && weightOfType(request.headers.get("accept"), "text/html") > 0;
    if (fallback !== undefined && isPage) {
      const fallbackNames = fallback.split("/");
      const file = await this.#tree.open(fallbackNames);
      if ("kind" in file && file.kind === "file") return this.#answerFile(request, file, fallbackNames);
    }
    return this.#errors.answer(request.method, 404);
  }

  #answerProblem(
    request: Request,
    handshake: Handshake,
    { problem, code }: FileFailure,
    names: readonly string[],
  ): Promise<Response> {
    const { method } = request;
    if (problem === "absent") return this.#answerAbsent(request, names);
    const { connectionId: connection, path } = handshake;
    this.#context.log.warn("file cannot be read", { connection, path, code });
    if (problem === "forbidden") return this.#errors.answer(method, 403);
    if (problem === "busy") return this.#errors.answer(method, 503, { "retry-after": "5" });
    return this.#errors.answer(method, 500);
  }
}

/** What may not stand in a URL is percent-encoded; the rest stays as the client wrote it. */
function encodeQuery(query: string): string {
  return query.replace(/[^\x21\x22\x24-\x7e]/gu, (character) => encodeURIComponent(character.toWellFormed()));
}
