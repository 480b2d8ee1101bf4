// Lock files that would install here and fail elsewhere.
import { describe, expect, test } from "bun:test";
import { findLockProblems, missingOptionals, platformOf } from "./lock-file.mjs";

const tool = {
  version: "1.0.0",
  integrity: "sha512-x",
  dev: true,
  optionalDependencies: { "tool-linux-x64": "1.0.0" },
};
const platform = { version: "1.0.0", optional: true };

describe("a lock file", () => {
  test("with every optional package is fine, also without their hashes", () => {
    const packages = { "": {}, "node_modules/tool": tool, "node_modules/tool-linux-x64": platform };
    expect(findLockProblems(packages)).toEqual([]);
    const nested = { "node_modules/tool": tool, "node_modules/tool/node_modules/tool-linux-x64": platform };
    expect(findLockProblems(nested)).toEqual([]);
  });

  test("without one of them is not", () => {
    expect(findLockProblems({ "node_modules/tool": tool })[0]).toStartWith("tool-linux-x64: missing");
    expect(missingOptionals({ "node_modules/tool": tool })).toEqual([
      { name: "tool-linux-x64", version: "1.0.0", isDev: true },
    ]);
  });

  test("that names a registry, or pins no bytes, is not", () => {
    const resolved = "https://registry.example/tool.tgz";
    expect(
      findLockProblems({ "node_modules/a": { version: "1.0.0", integrity: "sha512-x", resolved } }),
    ).toHaveLength(1);
    expect(findLockProblems({ "node_modules/a": { version: "1.0.0" } })).toEqual([
      "node_modules/a: has no integrity hash",
    ]);
    expect(findLockProblems({ "node_modules/@x/own": { resolved: "packages/own", link: true } })).toEqual([]);
  });
});

test.each([
  ["@oven/bun-linux-x64-musl", { cpu: ["x64"], libc: ["musl"], os: ["linux"] }],
  ["@oven/bun-darwin-aarch64", { cpu: ["arm64"], os: ["darwin"] }],
  ["@oxc-parser/binding-linux-arm-gnueabihf", { cpu: ["arm"], libc: ["glibc"], os: ["linux"] }],
  ["@biomejs/cli-win32-x64", { cpu: ["x64"], os: ["win32"] }],
])("the platform of %s", (name, expected) => {
  expect(platformOf(name)).toEqual(expected);
});
