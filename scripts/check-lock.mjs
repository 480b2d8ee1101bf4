// package-lock.json must install with `npm ci` on any platform and from any registry.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./install.mjs";
import { findLockProblems } from "./lock-file.mjs";

const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
const problems = findLockProblems(packages);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
