// Writes the documents that are made from the schemas; run it with Bun after changing an option or a failure. With
// `--check` it writes nothing and fails when one of them is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STANDARD_SERVICES } from "../gateway.ts";
import { generatedDocs } from "./generated-docs.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const isChecking = process.argv.includes("--check");

function isFresh(path: string, text: string): boolean {
  try {
    return readFileSync(join(ROOT, path), "utf8") === text;
  } catch {
    return false;
  }
}

for (const { path, text } of generatedDocs(STANDARD_SERVICES)) {
  if (isFresh(path, text)) continue;
  if (isChecking) {
    process.stderr.write(`${path} is stale: run packages/gateway/src/cli/generate.ts\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(join(ROOT, path), text);
    process.stdout.write(`wrote ${path}\n`);
  }
}
