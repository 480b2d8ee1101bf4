import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { STANDARD_SERVICES } from "../gateway.ts";
import { generatedDocs } from "./generated-docs.ts";

const ROOT = join(import.meta.dir, "../../../..");

test.each(generatedDocs(STANDARD_SERVICES).map(({ path, text }) => [path, text]))(
  "%s is fresh (else run packages/gateway/src/cli/generate.ts)",
  (path, text) => {
    expect(readFileSync(join(ROOT, path), "utf8")).toBe(text);
  },
);
