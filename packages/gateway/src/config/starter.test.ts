import { expect, test } from "bun:test";
import { STANDARD_SERVICES } from "../gateway.ts";
import { loaded } from "./fake-loading.ts";
import { STARTER_CONFIG } from "./starter.ts";

const definitions = STANDARD_SERVICES;

test("the file that `init` writes is good, and says what the defaults are", () => {
  const { settings, warnings } = loaded(STARTER_CONFIG, { definitions });
  expect(warnings).toEqual([]);
  expect(settings).toEqual(loaded("services: { /echo: { type: echo } }", { definitions }).settings);
});

test("it stays good with every commented line taken in", () => {
  const lines = STARTER_CONFIG.split("\n").map((line) =>
    line.replace(/^(\s*)# (?=(- url| {2}tls|origins|\/mqtt| {2}type| {2}connect| {2}subprotocols))/, "$1"),
  );
  const { settings } = loaded(lines.join("\n"), { definitions });
  expect(settings.listen).toHaveLength(2);
  expect(settings.services.map(({ path }) => path)).toEqual(["/echo", "/mqtt"]);
  expect(settings.services[0]?.common.origins).toEqual(["https://app.example.com"]);
});
