// package-lock.json must work with any registry: it may name none. Integrity hashes stay, so the bytes are pinned
// all the same.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./install.mjs";

const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
let found = 0;
for (const [path, { resolved, integrity, link, version }] of Object.entries(packages)) {
  if (resolved !== undefined && /^[a-z+]+:\/\//.test(resolved)) {
    found++;
    console.error(`${path}: resolved names a host: ${resolved}`);
  }
  if (path.includes("node_modules/") && !link && version !== undefined && integrity === undefined) {
    found++;
    console.error(`${path}: has no integrity hash`);
  }
}
if (found > 0) {
  console.error("Run npm install with --omit-lockfile-registry-resolved.");
  process.exit(1);
}
