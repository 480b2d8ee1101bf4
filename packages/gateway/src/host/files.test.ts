import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "./fake-clock.ts";
import {
  createFileTree,
  type FileTree,
  HANDOVER_MS,
  type OpenFile,
  READ_MAX_BYTES,
  type SymlinkRule,
} from "./files.ts";

let base = "";
let root = "";
const clock = new FakeClock();

function tree(symlinks: SymlinkRule = "restricted", folder = root): FileTree {
  return createFileTree({ root: folder, symlinks, clock });
}

/** Descriptors of this process that name something below the test's folder. */
function openDescriptors(): number {
  const names = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return names.filter((name) => name.startsWith(base)).length;
}

/** Closing takes a turn of a thread. A test that waits here for ever has found a leak. */
async function untilAllClosed(): Promise<void> {
  while (openDescriptors() > 0) await new Promise((resolve) => setImmediate(resolve));
}

async function openFile(names: readonly string[], from = tree()): Promise<OpenFile> {
  const opened = await from.open(names);
  if (!("kind" in opened) || opened.kind !== "file") throw new Error(`not a file: ${JSON.stringify(opened)}`);
  return opened;
}

async function read(names: readonly string[], from = tree()): Promise<string> {
  const file = await openFile(names, from);
  return new Response(await file.takeBody(0, file.sizeBytes)).text();
}

const problem = async (names: readonly string[], from = tree()) => {
  const opened = await from.open(names);
  return "problem" in opened ? opened.problem : opened.kind;
};

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "files-"));
  root = join(base, "www");
  mkdirSync(join(root, "sub"), { recursive: true });
  mkdirSync(join(base, "www-other"));
  writeFileSync(join(base, "secret"), "secret");
  writeFileSync(join(base, "www-other", "secret"), "secret");
  writeFileSync(join(root, "a.txt"), "hello");
  writeFileSync(join(root, "sub", "b.txt"), "below");
  symlinkSync("a.txt", join(root, "inside"));
  symlinkSync("sub", join(root, "insideFolder"));
  symlinkSync("../secret", join(root, "outside"));
  symlinkSync("../www-other", join(root, "outsideFolder"));
  symlinkSync("/etc/passwd", join(root, "absolute"));
  symlinkSync("nowhere", join(root, "dangling"));
  symlinkSync("circle", join(root, "circle"));
  symlinkSync("www", join(base, "current"));
  execFileSync("mkfifo", [join(root, "pipe")]);
});
afterAll(() => rmSync(base, { recursive: true }));

describe("opening", () => {
  test("gives a file's size, time of change and bytes", async () => {
    const file = await openFile(["a.txt"]);
    expect(file.sizeBytes).toBe(5);
    expect(Math.abs(file.modifiedMs - Date.now())).toBeLessThan(60_000);
    expect(await new Response(await file.takeBody(1, 3)).text()).toBe("el");
  });

  test("tells a folder from a file, the root too", async () => {
    expect(await problem(["sub"])).toBe("folder");
    expect(await problem([])).toBe("folder");
  });

  test("of what is not there says so, whatever the reason", async () => {
    expect(await problem(["nope"])).toBe("absent");
    expect(await problem(["a.txt", "nope"])).toBe("absent");
    expect(await problem(["x".repeat(300)])).toBe("absent");
    expect(await problem(["dangling"])).toBe("absent");
    expect(await problem(["circle"])).toBe("absent");
    expect(await problem(["a.txt"], tree("restricted", join(base, "no such root")))).toBe("absent");
  });

  test("of a named pipe or a socket neither waits nor succeeds", async () => {
    expect(await problem(["pipe"])).toBe("absent");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, "socket"), resolve));
    expect(await problem(["socket"])).toBe("absent");
    await new Promise((resolve) => server.close(resolve));
  });

  test("leaves no descriptor behind, whatever comes of it", async () => {
    for (const name of ["a.txt", "sub", "nope", "outside", "pipe", "circle"]) {
      const opened = await tree().open([name]);
      if ("kind" in opened && opened.kind === "file") opened.close();
    }
    await untilAllClosed();
  });
});

describe("symbolic links", () => {
  test("restricted: are followed within the folder and nowhere else", async () => {
    expect(await read(["inside"])).toBe("hello");
    expect(await read(["insideFolder", "b.txt"])).toBe("below");
    expect(await problem(["insideFolder"])).toBe("folder");
    for (const name of ["outside", "absolute", "outsideFolder"]) expect(await problem([name])).toBe("absent");
    expect(await problem(["outsideFolder", "secret"])).toBe("absent");
  });

  test("deny: are not followed, at the end or on the way", async () => {
    expect(await read(["a.txt"], tree("deny"))).toBe("hello");
    expect(await read(["sub", "b.txt"], tree("deny"))).toBe("below");
    for (const name of ["inside", "insideFolder", "outside"]) {
      expect(await problem([name], tree("deny"))).toBe("absent");
    }
    expect(await problem(["insideFolder", "b.txt"], tree("deny"))).toBe("absent");
  });

  test("follow: lead anywhere", async () => {
    expect(await read(["outside"], tree("follow"))).toBe("secret");
    expect(await read(["outsideFolder", "secret"], tree("follow"))).toBe("secret");
  });

  test("may lead to the root itself, and be turned to another release meanwhile", async () => {
    const current = join(base, "current");
    for (const rule of ["restricted", "deny"] as const) {
      expect(await read(["a.txt"], tree(rule, current))).toBe("hello");
    }
    const kept = tree("restricted", current);
    symlinkSync("www-other", join(base, "next"));
    renameSync(join(base, "next"), current);
    expect(await read(["secret"], kept)).toBe("secret");
    expect(await problem(["a.txt"], kept)).toBe("absent");
  });
});

describe("a file that is swapped during a request", () => {
  test("is served as it was opened, small or large", async () => {
    for (const size of [10, READ_MAX_BYTES + 1]) {
      const name = join(root, "swapped");
      writeFileSync(name, "a".repeat(size));
      const file = await openFile(["swapped"]);
      rmSync(name);
      symlinkSync("../secret", name);
      const text = await new Response(await file.takeBody(0, size)).text();
      expect(text).toBe("a".repeat(size));
      rmSync(name);
    }
  });

  test("that has become shorter gives what there is", async () => {
    writeFileSync(join(root, "shrunk"), "0123456789");
    const file = await openFile(["shrunk"]);
    writeFileSync(join(root, "shrunk"), "01234");
    expect(await new Response(await file.takeBody(2, 10)).text()).toBe("234");
  });
});

describe("a large body", () => {
  const size = 3 * READ_MAX_BYTES + 7;
  beforeAll(() => writeFileSync(join(root, "large"), Buffer.alloc(size, "0123456789")));

  test("is bytes up to the limit, and stays in the file one byte later", async () => {
    const small = await (await openFile(["large"])).takeBody(1, 1 + READ_MAX_BYTES);
    expect(small).toBeInstanceOf(Uint8Array);
    const file = await openFile(["large"]);
    const large = await file.takeBody(1, 2 + READ_MAX_BYTES);
    expect(large).toBeInstanceOf(Blob);
    expect((large as Blob).size).toBe(READ_MAX_BYTES + 1);
    clock.advance(HANDOVER_MS);
  });

  test("is closed once the server has had time to take it, and not before", async () => {
    const file = await openFile(["large"]);
    const body = await file.takeBody(0, size);
    clock.advance(HANDOVER_MS - 1);
    expect((await new Response(body).bytes()).length).toBe(size);
    expect(openDescriptors()).toBe(1);
    clock.advance(1);
    await untilAllClosed();
  });

  test("as a stream comes whole, and closes the file at its end and when it is cancelled", async () => {
    const whole = (await openFile(["large"])).takeStream();
    expect(await new Response(whole).text()).toBe("0123456789".repeat(size).slice(0, size));
    const reader = (await openFile(["large"])).takeStream().getReader();
    expect((await reader.read()).value?.length).toBe(READ_MAX_BYTES);
    await reader.cancel();
    await untilAllClosed();
  });
});

describe("a listing", () => {
  const list = async (names: readonly string[], from = tree(), max = 100) => {
    const listed = await from.list(names, max);
    if ("problem" in listed) return listed.problem;
    return listed.entries.map(({ name, kind }) => `${kind} ${name}`).sort();
  };

  test("shows files, folders and links that may be followed, as what they lead to", async () => {
    const entries = await list([]);
    expect(entries).toContain("file a.txt");
    expect(entries).toContain("folder sub");
    expect(entries).toContain("file inside");
    expect(entries).toContain("folder insideFolder");
    for (const hidden of ["outside", "outsideFolder", "absolute", "dangling", "circle", "pipe"]) {
      expect(entries.toString()).not.toMatch(new RegExp(`\\b${hidden}\\b`));
    }
  });

  test("shows no link where none is followed, and all where all are", async () => {
    expect((await list([], tree("deny"))).toString()).not.toContain("inside");
    expect(await list([], tree("follow"))).toContain("file outside");
  });

  test("is of a folder inside only", async () => {
    expect(await list(["sub"])).toEqual(["file b.txt"]);
    expect(await list(["outsideFolder"])).toBe("absent");
    expect(await list(["insideFolder"], tree("deny"))).toBe("absent");
    expect(await list(["a.txt"])).toBe("absent");
    expect(await list(["nope"])).toBe("absent");
  });

  test("is cut at the limit and says so, and not one entry before", async () => {
    const folder = join(root, "many");
    mkdirSync(folder);
    for (let index = 0; index < 5; index++) writeFileSync(join(folder, `${index}`), "");
    expect(await tree().list(["many"], 5)).toMatchObject({ isCut: false });
    const cut = await tree().list(["many"], 4);
    expect(cut).toMatchObject({ isCut: true });
    expect("entries" in cut && cut.entries.length).toBe(4);
  });

  test("leaves no descriptor behind", async () => {
    for (const names of [[], ["sub"], ["many"], ["outsideFolder"], ["nope"]]) await tree().list(names, 2);
    await untilAllClosed();
  });
});
