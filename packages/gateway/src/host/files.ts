// The door to files that are served: opens by name below one folder, once, and answers from what was opened, so that
// a file which is swapped meanwhile changes nothing. Knows nothing of HTTP; names come to it already judged.
//
// Where a file really lies is asked of the open handle (/proc/self/fd, Linux), so that no swap of a symbolic link between
// a check and an open can lead outside. Elsewhere the name is resolved after the open, which leaves that gap: fine for
// development, not for folders that others can write to.
import { constants, existsSync, fstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open, opendir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "./clock.ts";

/** `restricted`: a target must lie inside the folder. */
export type SymlinkRule = "restricted" | "follow" | "deny";

/** `absent`: there is none, or it must not be seen. `busy`: no descriptor is left. */
export type FileProblem = "absent" | "forbidden" | "busy" | "failed";

export interface FileFailure {
  readonly problem: FileProblem;
  /** The system's code, for the log. */
  readonly code: string;
}

export interface FileFacts {
  readonly sizeBytes: number;
  /** Milliseconds since 1970, with fractions. */
  readonly modifiedMs: number;
}

export interface OpenFile extends FileFacts {
  readonly kind: "file";
  /**
   * The bytes from `start` up to `end`, as a body for one response, which must be handed to the server at once: the
   * name that a large body stands on ends `HANDOVER_MS` after this call. Closes the file, as `close` does. To be called
   * once, and not after `close`.
   */
  takeBody(start: number, end: number): Promise<Uint8Array<ArrayBuffer> | Blob>;
  /**
   * The whole file, for the one case in which the server must not be given a file: it would apply the request's Range
   * to it by itself. Costs more, and the response has no length. To be called once, and not after `close`.
   */
  takeStream(): ReadableStream<Uint8Array>;
  close(): void;
}

export interface Folder {
  readonly kind: "folder";
}

export interface FolderEntry extends FileFacts {
  readonly name: string;
  readonly kind: "file" | "folder";
}

export interface FolderListing {
  /** In no order. */
  readonly entries: readonly FolderEntry[];
  /** There are more than were asked for. */
  readonly isCut: boolean;
}

export interface FileTree {
  /** `names` are single names: not empty, no separator, no `.` or `..`, no NUL. */
  open(names: readonly string[]): Promise<OpenFile | Folder | FileFailure>;
  /** What lies in a folder and may be served; at most `maxEntries` are looked at. */
  list(names: readonly string[], maxEntries: number): Promise<FolderListing | FileFailure>;
}

export interface FileTreeOptions {
  /** Absolute. May itself be, or lie below, a symbolic link; it is resolved anew for each request. */
  readonly root: string;
  readonly symlinks: SymlinkRule;
  readonly clock: Clock;
}

/**
 * Up to this size a body is read into memory when it is asked for, which costs less than a second open. A client that
 * does not read holds as much. Bytes.
 */
export const READ_MAX_BYTES = 65_536;
/**
 * How long the name of a large body stays good. The host opens it in the same turn of the event loop as it takes the
 * response; the rest is margin, for something that waits in between. Milliseconds.
 */
export const HANDOVER_MS = 1000;

/** One read of `takeStream`. Bytes. */
const CHUNK_BYTES = 65_536;

const DESCRIPTORS = "/proc/self/fd";
const OUTSIDE: FileFailure = { problem: "absent", code: "outside the folder, or neither file nor folder" };

export function createFileTree(options: FileTreeOptions): FileTree {
  return new DiskTree(options);
}

class DiskTree implements FileTree {
  readonly #options: FileTreeOptions;
  readonly #hasDescriptorNames = existsSync(DESCRIPTORS);

  constructor(options: FileTreeOptions) {
    this.#options = options;
  }

  async open(names: readonly string[]): Promise<OpenFile | Folder | FileFailure> {
    let handle: FileHandle | undefined;
    try {
      const file = join(this.#options.root, ...names);
      handle = await open(file, this.#flagsFor(names));
      // The open has brought these along; a thread would cost ten times as much as asking for them.
      const facts = fstatSync(handle.fd);
      if (!(facts.isFile() || facts.isDirectory()) || !(await this.#isAllowed(handle, file, names))) {
        await handle.close();
        return OUTSIDE;
      }
      if (facts.isFile()) return this.#wrap(handle, facts, file);
      await handle.close();
      return { kind: "folder" };
    } catch (error) {
      await handle?.close();
      return describeFailure(error);
    }
  }

  async list(names: readonly string[], maxEntries: number): Promise<FolderListing | FileFailure> {
    let handle: FileHandle | undefined;
    try {
      const folder = join(this.#options.root, ...names);
      handle = await open(folder, this.#flagsFor(names) | constants.O_DIRECTORY);
      if (!(await this.#isAllowed(handle, folder, names))) return OUTSIDE;
      // By the open handle's name, so that all entries are of the folder that was judged.
      const base = this.#hasDescriptorNames ? `${DESCRIPTORS}/${handle.fd}` : folder;
      return await this.#listFolder(base, maxEntries);
    } catch (error) {
      return describeFailure(error);
    } finally {
      await handle?.close();
    }
  }

  async #listFolder(folder: string, maxEntries: number): Promise<FolderListing> {
    const entries: FolderEntry[] = [];
    let seen = 0;
    for await (const entry of await opendir(folder)) {
      if (++seen > maxEntries) return { entries, isCut: true };
      const facts = await this.#readEntry(join(folder, entry.name), entry.isSymbolicLink());
      if (facts !== undefined) entries.push({ ...facts, name: entry.name });
    }
    return { entries, isCut: false };
  }

  /** A link is shown where it may be followed, and then as what it leads to. */
  async #readEntry(file: string, isLink: boolean): Promise<Omit<FolderEntry, "name"> | undefined> {
    const { root, symlinks } = this.#options;
    try {
      if (isLink && symlinks === "deny") return undefined;
      if (isLink && symlinks === "restricted" && !isInside(await realpath(file), await realpath(root))) {
        return undefined;
      }
      const facts = await stat(file);
      if (!(facts.isFile() || facts.isDirectory())) return undefined;
      return {
        kind: facts.isFile() ? "file" : "folder",
        sizeBytes: facts.isFile() ? facts.size : 0,
        modifiedMs: facts.mtimeMs,
      };
    } catch {
      // A dangling link, or gone since the folder was read: there is nothing to show.
      return undefined;
    }
  }

  #flagsFor(names: readonly string[]): number {
    // Without O_NONBLOCK the open of a named pipe waits for a writer, and holds a thread meanwhile.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    // The root may be a link as well; the rule is about what lies below it.
    const isLinkRefused = this.#options.symlinks === "deny" && names.length > 0;
    return isLinkRefused ? flags | constants.O_NOFOLLOW : flags;
  }

  async #isAllowed(handle: FileHandle, file: string, names: readonly string[]): Promise<boolean> {
    const { root, symlinks } = this.#options;
    if (symlinks === "follow") return true;
    const realRoot = await realpath(root);
    const real = this.#hasDescriptorNames
      ? readlinkSync(`${DESCRIPTORS}/${handle.fd}`)
      : await realpath(file);
    if (symlinks === "restricted") return isInside(real, realRoot);
    // No link on the whole way: the real name is the name that was asked for.
    return real === join(realRoot, ...names);
  }

  #wrap(handle: FileHandle, facts: Stats, file: string): OpenFile {
    let isClosed = false;
    const close = () => {
      if (isClosed) return;
      isClosed = true;
      void handle.close();
    };
    const takeLarge = (start: number, end: number): Blob => {
      if (!this.#hasDescriptorNames) {
        close();
        return Bun.file(file).slice(start, end);
      }
      // Not `Bun.file(fd)`: Bun 1.4.5 neither closes such a descriptor nor gives a slice of it the right length.
      this.#options.clock.after(HANDOVER_MS, close);
      return Bun.file(`${DESCRIPTORS}/${handle.fd}`).slice(start, end);
    };
    return {
      kind: "file",
      sizeBytes: facts.size,
      modifiedMs: facts.mtimeMs,
      async takeBody(start, end) {
        if (end - start > READ_MAX_BYTES) return takeLarge(start, end);
        return readPart(handle, start, end).finally(close);
      },
      takeStream: () => streamFile(handle, close),
      close,
    };
  }
}

function streamFile(handle: FileHandle, close: () => void): ReadableStream<Uint8Array> {
  let at = 0;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const bytes = await readPart(handle, at, at + CHUNK_BYTES).catch((error: unknown) => {
        close();
        throw error;
      });
      at += bytes.length;
      if (bytes.length > 0) controller.enqueue(bytes);
      if (bytes.length === CHUNK_BYTES) return;
      close();
      controller.close();
    },
    cancel: close,
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

/** A file that has become shorter gives what there is. */
async function readPart(handle: FileHandle, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, start + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

function isInside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

const PROBLEMS: Readonly<Record<string, FileProblem>> = {
  ENOENT: "absent",
  ENOTDIR: "absent",
  ENAMETOOLONG: "absent",
  EINVAL: "absent",
  // A link where none is allowed, or links in a circle.
  ELOOP: "absent",
  // A socket, or a device that is not there.
  ENXIO: "absent",
  ENODEV: "absent",
  EACCES: "forbidden",
  EPERM: "forbidden",
  EMFILE: "busy",
  ENFILE: "busy",
};

function describeFailure(error: unknown): FileFailure {
  // Node's file errors carry the system's code as a string property; anything else is a bug of ours.
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  if (typeof code !== "string") throw error;
  return { problem: PROBLEMS[code] ?? "failed", code };
}

/** For a first look while the gateway is set up; what is served is looked at anew each time. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
