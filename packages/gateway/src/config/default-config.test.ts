import { expect, test } from "bun:test";
import { STANDARD_SERVICES } from "../gateway.ts";
import { DEFAULT_CONFIG } from "./default-config.ts";
import { loaded } from "./fake-loading.ts";
import { isLoopback } from "./listen.ts";

test("what is served without a configuration is good, and only this host can reach it", () => {
  const { settings, warnings } = loaded("", {
    content: { value: DEFAULT_CONFIG },
    definitions: STANDARD_SERVICES,
  });
  expect(warnings).toEqual([]);
  expect(settings.services.map(({ path, type }) => [path, type])).toEqual([
    ["/", "welcome"],
    ["/broadcast", "broadcast"],
    ["/demos/efficiency", "efficiency"],
    ["/echo", "echo"],
  ]);
  expect(settings.listen.every(({ hostname }) => isLoopback(hostname))).toBe(true);
  expect(isLoopback(settings.admin?.hostname ?? "")).toBe(true);
});
