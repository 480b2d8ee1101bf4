// `npm run build:binary`: one executable file with the gateway in it, dist/sluice, which needs neither Node
// nor node_modules. Run once after building, so that a binary that cannot start is not left unnoticed.
import { spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { BUN, install, ROOT } from "./install.mjs";

const ENTRY = join(ROOT, "packages/gateway/src/cli/main.ts");
const OUTPUT = join(ROOT, "dist/sluice");

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} failed: ${error?.message ?? status}`);
}

try {
  install();
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  // Not minified, with its source map: a stack trace from the field must name files and lines of this repository.
  run(BUN, ["build", "--compile", "--sourcemap=inline", "--target=bun", ENTRY, "--outfile", OUTPUT]);
  run(OUTPUT, ["version"]);
  console.log(`${OUTPUT}: ${(statSync(OUTPUT).size / 1024 ** 2).toFixed(0)} MiB`);
} catch (error) {
  console.error(`sluice: ${error.message}`);
  process.exit(1);
}
