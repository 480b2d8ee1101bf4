import { describe, expect, test } from "bun:test";
import { FakeParts } from "./fake-parts.ts";

const COMMANDS = ["start", "check", "init", "config print", "schema", "reload", "version"];

describe("help", () => {
  test("lists every command, and what the exit codes mean", async () => {
    const parts = new FakeParts();
    expect(await parts.run("--help")).toBe(0);
    for (const command of COMMANDS)
      expect(parts.output).toMatch(new RegExp(`^  ${command.split(" ")[0]}\\b`, "m"));
    for (const code of [0, 1, 2, 3, 4]) expect(parts.output).toMatch(new RegExp(`^  ${code}  \\w`, "m"));
    expect(parts.errors).toBe("");
  });

  test.each(COMMANDS)("of %s has examples that begin with it", async (command) => {
    const parts = new FakeParts();
    expect(await parts.run(...command.split(" "), "--help")).toBe(0);
    expect(parts.output).toMatch(new RegExp(`Examples?:\n  sluice ${command}`));
  });
});

describe("a command line that is not understood", () => {
  test.each([
    [[], "Usage: sluice"],
    [["statr"], "(Did you mean start?)"],
    [["config"], "Usage: sluice config"],
    [["version", "--jsn"], "(Did you mean --json?)"],
  ] as [string[], string][])("%p", async (words, message) => {
    const parts = new FakeParts();
    expect(await parts.run(...words)).toBe(2);
    expect(parts.errors).toContain(message);
    expect(parts.output).toBe("");
  });
});

test("a bug of a command is one line", async () => {
  const parts = new FakeParts();
  parts.files.set("/srv/app/sluice.yaml", "services: { /a: { type: mirror } }");
  parts.clock.wallMs = () => {
    throw new Error("no clock");
  };
  expect(await parts.run("check")).toBe(1);
  expect(parts.errors).toBe("sluice: internal error: no clock\n");
});

test("the schema is JSON", async () => {
  const parts = new FakeParts();
  expect(await parts.run("schema")).toBe(0);
  expect(JSON.parse(parts.output)).toMatchObject({ title: "Sluice configuration" });
});

test("the version says what runs here", async () => {
  const parts = new FakeParts();
  await parts.run("version");
  expect(parts.output).toMatch(/^sluice \d+\.\d+\.\d+\S* \(bun 0\.0\.0, test cpu\)\n$/);
  parts.output = "";
  expect(await parts.run("version", "--json")).toBe(0);
  expect(JSON.parse(parts.output)).toMatchObject({ runtime: "bun 0.0.0", platform: "test cpu" });
});
