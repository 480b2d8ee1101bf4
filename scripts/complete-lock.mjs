// Run after `npm install` has changed package-lock.json: enters the optional packages of other platforms that npm
// left out because its registry did not have them at that moment. Without their entries `npm ci` refuses the lock
// file on every platform. An entry made here has no integrity hash; where the package is needed and can be had, a
// later `npm install` on that platform fills it in.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./install.mjs";
import { missingOptionals, platformOf } from "./lock-file.mjs";

const file = join(ROOT, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const missing = missingOptionals(lock.packages);
for (const { name, version, isDev } of missing) {
  const { cpu, libc, os } = platformOf(name);
  // In npm's order of keys; absent ones are left out by JSON.
  const dev = isDev ? true : undefined;
  lock.packages[`node_modules/${name}`] = { version, cpu, dev, libc, optional: true, os };
}
// npm's own order, so that its next run changes nothing.
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} optional packages entered`);
