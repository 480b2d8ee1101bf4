import { describe, expect, test } from "bun:test";
import { FakeParts } from "./fake-parts.ts";

const GOOD = { services: { "/a": { type: "mirror" } } };

describe("the file", () => {
  test("that is named must be there", async () => {
    const parts = new FakeParts();
    expect(await parts.run("check", "other.yaml")).toBe(3);
    expect(parts.errors).toBe(
      "sluice: there is no file other.yaml; `sluice init other.yaml` writes one to start from\n",
    );
  });

  test("is ./sluice.yaml when none is named and it is there", async () => {
    const parts = new FakeParts();
    parts.files.set("/srv/app/sluice.yaml", JSON.stringify(GOOD));
    expect(await parts.run("check")).toBe(0);
    expect(parts.output).toStartWith("sluice.yaml: ok");
  });

  test("is read from where the command runs; paths in it are relative to its own folder", async () => {
    const parts = new FakeParts();
    const text = "services: { /a: { type: relay, connect: tcp://h:1, login: { user: x, file: f } } }";
    parts.files.set("/srv/app/etc/a.yaml", text);
    expect(await parts.run("config", "print", "etc/a.yaml", "--json")).toBe(0);
    expect(JSON.parse(parts.output).services["/a"].login.file).toBe("/srv/app/etc/f");
  });
});

test("without any file the built-in configuration is judged with the same services", async () => {
  const parts = new FakeParts();
  // The made-up types have no `welcome`; that the built-in configuration is good is tested beside it.
  expect(await parts.run("check")).toBe(3);
  expect(parts.errors).toContain("the built-in configuration: services./.type: unknown service type");
});

describe("a module", () => {
  test("gives the configuration as a value", async () => {
    const parts = new FakeParts();
    parts.modules.set("/srv/app/sluice.config.ts", () => GOOD);
    expect(await parts.run("check", "sluice.config.ts")).toBe(0);
    expect(parts.output).toStartWith("sluice.config.ts: ok");
  });

  test("that does not run, or gives nothing, has mistakes", async () => {
    const parts = new FakeParts();
    parts.modules.set("/srv/app/a.ts", () => {
      throw new Error("no database");
    });
    parts.modules.set("/srv/app/b.mjs", () => undefined);
    expect(await parts.run("check", "a.ts")).toBe(3);
    expect(await parts.run("check", "b.mjs")).toBe(3);
    expect(await parts.run("check", "c.ts")).toBe(3);
    expect(parts.errors).toBe(
      "a.ts: cannot be run: no database\na.ts: 1 problem\n" +
        "b.mjs: has no default export; write `export default defineConfig({ … })`\nb.mjs: 1 problem\n" +
        "sluice: there is no file c.ts; `sluice init c.ts` writes one to start from\n",
    );
  });

  test("that is not understood has a place", async () => {
    const parts = new FakeParts();
    const position = { line: 3, column: 7 };
    parts.modules.set("/srv/app/a.ts", () => {
      throw new AggregateError([Object.assign(new Error("Expected }"), { position })], "2 errors building");
    });
    expect(await parts.run("check", "a.ts")).toBe(3);
    expect(parts.errors).toStartWith("a.ts:3:7: cannot be run: Expected }\n");
  });
});
