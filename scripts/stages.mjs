// What `npm test` consists of, in order. A stage is data: who runs it and how it is judged is test.mjs's business.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BUN, ROOT } from "./install.mjs";

const node = process.execPath;
const tool = (path) => join(ROOT, "node_modules", path);
const script = (name) => join(ROOT, "scripts", name);

/**
 * `kind`: `setup` brings what others need, `check` passes or fails as one, `test` is a folder of Bun tests.
 * `needs`: the setup without which the stage cannot say anything.
 */
export const STAGES = [
  {
    name: "debian",
    kind: "setup",
    about: "Debian packages of the system tests",
    command: [node, script("debian.mjs")],
  },
  {
    name: "format",
    kind: "check",
    about: "format and lint (Biome)",
    command: [node, tool("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."],
  },
  {
    name: "types",
    kind: "check",
    about: "types (tsc)",
    command: [node, tool("typescript/bin/tsc"), "-p", "."],
  },
  {
    name: "layers",
    kind: "check",
    about: "directions between layers, doors to the host",
    command: [node, script("check-layers.mjs")],
  },
  {
    name: "unused",
    kind: "check",
    about: "unused files, exports and dependencies (knip)",
    command: [node, tool("knip/bin/knip.js"), "--no-progress"],
  },
  {
    name: "generated",
    kind: "check",
    about: "generated files are fresh",
    command: [BUN, join(ROOT, "packages/gateway/src/cli/generate.ts"), "--check"],
  },
  {
    name: "lock",
    kind: "check",
    about: "package-lock.json names no registry",
    command: [node, script("check-lock.mjs")],
  },
  {
    name: "unit",
    kind: "test",
    about: "unit, property and simulation tests, beside the code",
    folders: ["packages", "scripts", "bench", "apps"].filter((folder) => existsSync(join(ROOT, folder))),
    timeoutMs: 60_000,
  },
  {
    name: "system",
    kind: "test",
    about: "the whole gateway with real servers and clients",
    folders: ["test"],
    needs: "debian",
    timeoutMs: 120_000,
  },
];

/** `check` stands for all checks. Setups come along with what needs them. */
export function selectStages(names) {
  if (names.length === 0) return STAGES;
  const chosen = new Set();
  for (const name of names) {
    const found = STAGES.filter((stage) => stage.name === name || stage.kind === name);
    if (found.length === 0) throw new Error(`there is no stage ${name}; --list shows them`);
    for (const stage of found) {
      chosen.add(stage.name);
      if (stage.needs !== undefined) chosen.add(stage.needs);
    }
  }
  return STAGES.filter((stage) => chosen.has(stage.name));
}
