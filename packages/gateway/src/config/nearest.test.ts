import { expect, test } from "bun:test";
import { editDistance, nearestName } from "./nearest.ts";

const KNOWN = ["messageMaxSize", "idleTimeout", "origins", "connect", "type", "tls"];

test.each([
  ["mesageMaxSize", "messageMaxSize"],
  ["messageMaxSzie", "messageMaxSize"],
  ["idle_timeout", "idleTimeout"],
  ["idle-timeout", "idleTimeout"],
  ["IDLETIMEOUT", "idleTimeout"],
  ["origin", "origins"],
  ["conect", "connect"],
  ["connection", "connect"],
  ["typ", "type"],
  ["tsl", "tls"],
])("`%s` is near to `%s`", (name, expected) => {
  expect(nearestName(name, KNOWN)).toBe(expected);
});

test.each(["", "x", "address", "certificate", "ti", "a".repeat(65)])("`%s` is near to nothing", (name) => {
  expect(nearestName(name, KNOWN)).toBeUndefined();
});

test("of two the nearer one is meant", () => {
  expect(nearestName("echp", ["each", "echo"])).toBe("echo");
});

test("counts an exchange of neighbours as one edit", () => {
  expect(editDistance("abcd", "abdc")).toBe(1);
  expect(editDistance("abcd", "badc")).toBe(2);
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
});
