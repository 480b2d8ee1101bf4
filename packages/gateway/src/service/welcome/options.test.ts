import { expect, test } from "bun:test";
import { welcomeOptions } from "./options.ts";

test("points at what the built-in configuration serves", () => {
  expect(welcomeOptions.parse({})).toEqual({
    echo: "/echo",
    broadcast: "/broadcast",
    efficiency: "/demos/efficiency",
    admin: "http://127.0.0.1:8001",
  });
});

test("leaves out what is off", () => {
  expect(welcomeOptions.parse({ broadcast: "off", admin: "off" })).toMatchObject({
    broadcast: "off",
    admin: "off",
  });
});

test.each([
  ["echo", "echo"],
  ["echo", "//evil.example"],
  ["echo", "/a b"],
  ["echo", "/<x>"],
  ["efficiency", "javascript:alert(1)"],
  ["admin", "javascript:alert(1)"],
  ["admin", "127.0.0.1:8001"],
  ["admin", "http://127.0.0.1:8001/"],
])("refuses %s: %s", (option, value) => {
  expect(welcomeOptions.safeParse({ [option]: value }).success).toBe(false);
});
