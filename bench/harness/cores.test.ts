import { expect, test } from "bun:test";
import { onCoresOf } from "./cores.ts";

test("the subject has the last core to itself, everything else shares the others", () => {
  expect(onCoresOf("subject", ["serve"], 4)).toEqual(["taskset", "--cpu-list", "3", "serve"]);
  expect(onCoresOf("support", ["load"], 4)).toEqual(["taskset", "--cpu-list", "0-2", "load"]);
  expect(onCoresOf("support", ["load"], 2)).toEqual(["taskset", "--cpu-list", "0-0", "load"]);
});

test("with one core nothing is moved", () => {
  expect(onCoresOf("subject", ["serve"], 1)).toEqual(["serve"]);
});
