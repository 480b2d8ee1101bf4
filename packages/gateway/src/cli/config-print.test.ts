import { expect, test } from "bun:test";
import { FakeParts } from "./fake-parts.ts";

function partsWith(text: string): FakeParts {
  const parts = new FakeParts();
  parts.files.set("/srv/app/sluice.yaml", text);
  return parts;
}

test("what is printed as YAML is a good file, with nothing left to default", async () => {
  const parts = partsWith("services: { /a: { type: mirror } }");
  expect(await parts.run("config", "print")).toBe(0);
  expect(parts.output).toContain("messageMaxSize: 128 KiB\n");
  const again = partsWith(parts.output);
  expect(await again.run("config", "print", "sluice.yaml")).toBe(0);
  expect(again.output).toBe(parts.output);
});

test("secrets are masked in both forms", async () => {
  const parts = partsWith(
    "services: { /a: { type: relay, connect: tcp://h:1, password: hunter2, key: hunter2 } }",
  );
  await parts.run("config", "print");
  await parts.run("config", "print", "--json");
  expect(parts.output).not.toContain("hunter2");
  expect(parts.output.split("********")).toHaveLength(5);
});

test("a file with mistakes is not printed", async () => {
  const parts = partsWith("services: {}");
  expect(await parts.run("config", "print")).toBe(3);
  expect(parts.output).toBe("");
  expect(parts.errors).toBe(
    "sluice.yaml:1:11: services: is empty: the gateway would serve nothing\nsluice.yaml: 1 problem\n",
  );
});
