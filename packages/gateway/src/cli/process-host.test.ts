import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FILE_MAX_BYTES } from "../config/source.ts";
import { importDefault, limitHeaders, readText } from "./process-host.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a module is read anew each time, through a link too", async () => {
  const file = join(folder, "real.ts");
  const link = join(folder, "link.ts");
  symlinkSync(file, link);
  for (const value of ["1", "2", "'three' as string"]) {
    writeFileSync(file, `export default ${value};`);
    expect(await importDefault(link)).toBe(value.startsWith("'") ? "three" : Number(value));
  }
});

test("a module that is not understood rejects with the place, and can be mended", async () => {
  const file = join(folder, "mended.ts");
  writeFileSync(file, "export default {{");
  const error: unknown = await importDefault(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AggregateError);
  expect(error).toMatchObject({ errors: [{ position: { line: 1, column: 17 } }, {}] });
  writeFileSync(file, "export default 1;");
  expect(await importDefault(file)).toBe(1);
});

test("a module without a default export has none", async () => {
  writeFileSync(join(folder, "none.ts"), "export const x = 1;");
  expect(await importDefault(join(folder, "none.ts"))).toBeUndefined();
});

test("a text is read whole, but no more than a configuration may have and a byte", () => {
  const file = join(folder, "text");
  writeFileSync(file, "ä\r\nb");
  expect(readText(file)).toBe("ä\r\nb");
  writeFileSync(file, "x".repeat(FILE_MAX_BYTES + 100));
  expect(readText(file).length).toBe(FILE_MAX_BYTES + 1);
  expect(readText("/dev/zero").length).toBe(FILE_MAX_BYTES + 1);
});

test("what cannot be read throws with the system's code", () => {
  expect(() => readText(join(folder, "nothing"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
  expect(() => readText(folder)).toThrow(expect.objectContaining({ code: "EISDIR" }));
});

test("the limit of headers holds for servers of this process, the open ones too", async () => {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
  const ask = async (bytes: number): Promise<number> => {
    const { status } = await fetch(server.url, { headers: { "x-long": "x".repeat(bytes) } });
    return status;
  };
  try {
    expect([await ask(10_000), await ask(20_000)]).toEqual([200, 431]);
    await limitHeaders(32_768);
    expect([await ask(20_000), await ask(40_000)]).toEqual([200, 431]);
  } finally {
    // Bun has one limit for the process; other tests are to find the usual one.
    Reflect.set((await import("node:http")).default, "maxHeaderSize", 16_384);
    await server.stop(true);
  }
});
