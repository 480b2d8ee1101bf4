import { expect, test } from "bun:test";
import { STARTER_CONFIG } from "../config/starter.ts";
import { FakeParts } from "./fake-parts.ts";

test("writes a file to start from", async () => {
  const parts = new FakeParts();
  expect(await parts.run("init")).toBe(0);
  expect(parts.files.get("/srv/app/sluice.yaml")).toBe(STARTER_CONFIG);
  expect(parts.output).toBe("Wrote sluice.yaml. Next: sluice start\n");
  expect(await parts.run("init", "etc/a.yaml")).toBe(0);
  expect(parts.output).toEndWith("Wrote etc/a.yaml. Next: sluice start etc/a.yaml\n");
});

test("overwrites a file only when it shall", async () => {
  const parts = new FakeParts();
  parts.files.set("/srv/app/sluice.yaml", "mine");
  expect(await parts.run("init")).toBe(1);
  expect(parts.errors).toBe("sluice: sluice.yaml is there already; --force overwrites it\n");
  expect(parts.files.get("/srv/app/sluice.yaml")).toBe("mine");
  expect(await parts.run("init", "--force")).toBe(0);
  expect(parts.files.get("/srv/app/sluice.yaml")).toBe(STARTER_CONFIG);
});
