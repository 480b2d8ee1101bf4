// Each rule of the layer check is broken once: a check that cannot fail checks nothing.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkPackage } from "./check-layers.mjs";
import { PACKAGES } from "./layers.mjs";

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-layers-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const PLAN = {
  folder: "p/src",
  entries: ["top/main.ts"],
  packages: ["zod"],
  forbiddenNames: ["Bun", "Date.now", "new Date()", "Math.random", "setTimeout", "console"],
  layers: {
    top: { imports: ["low"], types: ["side"], areFoldersApart: true },
    low: { imports: [] },
    side: { imports: [] },
    door: { imports: [], isDoorToHost: true, isDoorToBun: true },
    "top/open.ts": { imports: ["low", "side", "door"] },
  },
};

function write(files) {
  const all = { "../package.json": '{ "exports": {} }', "low/a.ts": "export const a = 1;", ...files };
  for (const [path, text] of Object.entries(all)) {
    const file = join(root, PLAN.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function check(main, others = {}, plan = PLAN) {
  write({ "side/s.ts": "export const s = 1; export type S = 1;", "top/main.ts": main, ...others });
  return checkPackage(root, plan);
}

describe("directions", () => {
  test("imports that the table allows pass", () => {
    expect(check('import { a } from "../low/a.ts"; import type { S } from "../side/s.ts"; a as S;')).toEqual(
      [],
    );
  });

  test.each([
    ['import { s } from "../side/s.ts"; s;', "top may import only types of side"],
    ['export { s } from "../side/s.ts";', "top may import only types of side"],
    ['export * from "../side/s.ts";', "top may import only types of side"],
    ['await import("../side/s.ts");', "top may import only types of side"],
    ['import type { D } from "../door/d.ts"; export type E = D;', "top may not import door"],
    ['import "../elsewhere/e.ts";', "top may not import elsewhere"],
    ['import "../../../q/src/x.ts";', "reaches out of its package"],
    ['import "lodash";', "imports lodash, which this package may not"],
    ['import type { Server } from "bun"; export type T = Server;', "imports bun"],
    ['import { Database } from "bun:sqlite"; Database;', "imports bun:sqlite"],
  ])("%s", (main, offence) => {
    const others = { "door/d.ts": "export type D = 1;", "elsewhere/e.ts": "", "../../q/src/x.ts": "" };
    expect(check(main, others).join("\n")).toContain(offence);
  });

  test("an offence is named by file and line", () => {
    expect(check('// one\n// two\nimport { s } from "../side/s.ts"; s;')[0]).toStartWith(
      "p/src/top/main.ts:3 imports side/s.ts",
    );
  });

  test("parts with an index do not know each other, and share what has none", () => {
    const main = 'import "./one/index.ts";';
    const shared = { "top/one/index.ts": 'import "../shared/x.ts";', "top/shared/x.ts": "" };
    expect(check(main, shared)).toEqual([]);
    const apart = { "top/one/index.ts": 'import "../two/x.ts";', "top/two/x.ts": "", "top/two/index.ts": "" };
    expect(check(main, apart).join()).toContain("parts of top do not know each other");
  });

  test("a file may have rules of its own", () => {
    expect(check('import "./open.ts";', { "top/open.ts": 'import "../side/s.ts";' })).toEqual([]);
  });

  test("a circle of values is found, one of types is none", () => {
    const main = 'import "./b.ts"; export type M = 1;';
    expect(check(main, { "top/b.ts": 'import "./main.ts";' }).join()).toContain(
      "top/main.ts -> top/b.ts -> top/main.ts",
    );
    expect(check(main, { "top/b.ts": 'import type { M } from "./main.ts"; export type N = M;' })).toEqual([]);
  });

  test("a folder that the table does not know and a file that is missing are offences", () => {
    const plan = { ...PLAN, layers: { low: { imports: [] } } };
    expect(check("", {}, plan).join()).toContain("is in no known layer: top");
    expect(check('import "./gone.ts";').join()).toContain("p/src/top/gone.ts is missing");
  });

  test("what only tests import is free", () => {
    expect(check("", { "top/main.test.ts": 'import "../side/s.ts"; Date.now();' })).toEqual([]);
  });
});

describe("doors to the host", () => {
  test.each([
    "Date.now();",
    "new Date();",
    "Math.random();",
    "setTimeout(() => {}, 1);",
    "globalThis.setTimeout(() => {}, 1);",
    "const wait = setTimeout; wait;",
    "const host = { console }; host;",
    "Bun.sleep(1);",
    "let server: Bun.Server; export type T = typeof server;",
  ])("%s", (main) => {
    expect(check(main).join()).toContain("names ");
  });

  test.each([
    "// Date.now() in a comment",
    'const text = "Math.random()"; text;',
    "const when = new Date(0); when;",
    "const host = { console: 1, setTimeout: 2 }; host.console;",
    "interface Host { setTimeout(): void } export type H = Host;",
  ])("not: %s", (main) => {
    expect(check(main)).toEqual([]);
  });

  test("are open where the table says so", () => {
    const main = 'import "./open.ts";';
    const others = {
      "top/open.ts": 'import "../door/d.ts";',
      "door/d.ts": 'import "bun:sqlite"; Bun.sleep(Date.now());',
    };
    expect(check(main, others)).toEqual([]);
  });
});

test("packages without layers may import nothing but themselves", () => {
  const plan = { ...PLAN, packages: [], layers: undefined };
  expect(check('import "../low/a.ts";', {}, plan)).toEqual([]);
  expect(check('import "node:fs";', {}, plan).join()).toContain("imports node:fs");
});

test("the table of this repository allows no layer to import what imports it", () => {
  for (const { layers = {} } of PACKAGES) {
    const reaches = (from, to, seen = new Set()) =>
      !seen.has(from) &&
      seen.add(from) &&
      (layers[from]?.imports ?? []).some((next) => next === to || reaches(next, to, seen));
    expect(Object.keys(layers).filter((layer) => reaches(layer, layer))).toEqual([]);
  }
});
