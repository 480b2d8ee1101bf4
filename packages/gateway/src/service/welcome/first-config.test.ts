import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../config/default-config.ts";
import { loadConfig } from "../../config/load.ts";
import { readYaml } from "../../config/yaml-source.ts";
import { broadcast } from "../broadcast/index.ts";
import { echo } from "../echo/index.ts";
import { efficiency } from "../efficiency/index.ts";
import type { ServiceDefinition } from "../service.ts";
import { tcp } from "../tcp/index.ts";
import { FIRST_COMMAND, FIRST_CONFIG, FIRST_FILE } from "./first-config.ts";
import { welcome } from "./index.ts";

const DEFINITIONS: readonly ServiceDefinition[] = [broadcast, echo, efficiency, tcp, welcome];

test("the configuration that the page offers is one that the gateway takes, without a warning", () => {
  const result = loadConfig({
    file: FIRST_FILE,
    source: readYaml(FIRST_CONFIG, {}),
    definitions: DEFINITIONS,
    nowMs: 0,
  });
  if ("problems" in result) throw new Error(result.problems.map(({ message }) => message).join("\n"));
  expect(result.warnings).toEqual([]);
  const served = result.settings.services.map(({ path, type }) => `${path} ${type}`);
  // All that the page talks to and points at, and one more.
  for (const [path, { type }] of Object.entries(DEFAULT_CONFIG.services)) {
    expect(served).toContain(`${path} ${type}`);
  }
  expect(served).toHaveLength(Object.keys(DEFAULT_CONFIG.services).length + 1);
});

test("the command names the file", () => {
  expect(FIRST_COMMAND).toEndWith(` ${FIRST_FILE}`);
});
