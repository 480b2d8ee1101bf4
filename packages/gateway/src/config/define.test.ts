// Types only: what compiles, and what does not.
import { expect, test } from "bun:test";
import type { ConfigInput } from "./define.ts";
import type { FAKE_DEFINITIONS } from "./fake-definitions.ts";
import { loaded } from "./fake-loading.ts";

type Config = ConfigInput<typeof FAKE_DEFINITIONS>;

test("a configuration that is code has the type of the file", () => {
  const config: Config = {
    listen: ["http://127.0.0.1:0"],
    defaults: { idleTimeout: "5m" },
    services: {
      "/a": { type: "mirror", repeat: 2, origins: ["*"] },
      "/b": { type: "relay", connect: "tcp://h:1", login: { user: "x" } },
    },
  };
  expect(loaded("", { content: { value: config } }).settings.services).toHaveLength(2);
});

test("options are told apart by the type of the service", () => {
  const configs: Config[] = [
    // @ts-expect-error: `connect` is missing.
    { services: { "/a": { type: "relay" } } },
    // @ts-expect-error: there is no such type.
    { services: { "/a": { type: "other" } } },
    // @ts-expect-error: `connect` is none of the mirror's.
    { services: { "/a": { type: "mirror", connect: "tcp://h:1" } } },
    // @ts-expect-error: paths begin with a slash.
    { services: { a: { type: "mirror" } } },
    // @ts-expect-error: sizes are texts with a unit.
    { services: { "/a": { type: "mirror" } }, defaults: { messageMaxSize: 5 } },
  ];
  expect(configs.every((value) => "problems" in { problems: value })).toBe(true);
});
