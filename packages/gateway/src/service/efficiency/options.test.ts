import { expect, test } from "bun:test";
import { efficiencyOptions } from "./options.ts";

test.each([
  [undefined, "auto"],
  ["auto", "auto"],
  ["off", "off"],
  ["0.0.0.0:8002", { hostname: "0.0.0.0", port: 8002 }],
  ["[::]:0", { hostname: "::", port: 0 }],
  ["localhost:8002", { hostname: "localhost", port: 8002 }],
])("takes the meter %j", (text, meter) => {
  expect(efficiencyOptions.parse(text === undefined ? {} : { meter: text })).toEqual({ meter } as never);
});

test.each([
  "",
  "8002",
  "localhost",
  "http://localhost:8002",
  "localhost:99999",
  "localhost:8002/x",
  "a b:1",
  "on",
])("refuses the meter %j and says what to write", (text) => {
  const { error } = efficiencyOptions.safeParse({ meter: text });
  expect(error?.issues[0]?.message).toContain("`127.0.0.1:8002`");
});

test("refuses a number, which names no host", () => {
  expect(efficiencyOptions.safeParse({ meter: 8002 }).success).toBe(false);
});
