import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProcFileReader } from "./proc-file.ts";

test("gives the text as it is at each reading, through one descriptor", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-proc-"));
  const file = join(folder, "value");
  writeFileSync(file, "first, longer\n");
  const read = createProcFileReader(file);
  expect(read()).toBe("first, longer\n");
  writeFileSync(file, "second\n");
  expect(read()).toBe("second\n");
  rmSync(folder, { recursive: true });
  expect(read()).toBe("second\n");
});

test("has nothing while there is no such file, and takes it when it comes", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-proc-"));
  const file = join(folder, "value");
  const read = createProcFileReader(file);
  expect(read()).toBeUndefined();
  writeFileSync(file, "here");
  expect(read()).toBe("here");
  rmSync(folder, { recursive: true });
});

test("reads when no descriptor is left to open it with", async () => {
  const code = `
    import { openSync } from "node:fs";
    import { readDescriptors } from ${JSON.stringify(join(import.meta.dir, "descriptors.ts"))};
    import { readMemoryBytes } from ${JSON.stringify(join(import.meta.dir, "memory.ts"))};
    readDescriptors();
    readMemoryBytes();
    try { for (;;) openSync("/dev/null", "r"); } catch (error) { console.log(error.code); }
    const { open, limit } = readDescriptors();
    console.log(open, limit, readMemoryBytes() > 1e6);`;
  const child = Bun.spawn(["sh", "-c", 'ulimit -n 200; exec "$0" -e "$1"', process.execPath, code]);
  expect(await new Response(child.stdout).text()).toBe("EMFILE\n200 200 true\n");
});
