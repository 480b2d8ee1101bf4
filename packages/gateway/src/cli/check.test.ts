import { expect, test } from "bun:test";
import { FakeParts } from "./fake-parts.ts";

const GOOD = "listen: [http://127.0.0.1:0]\nservices: { /a: { type: mirror }, /b: { type: mirror } }\n";
const BAD = "services:\n  /a: { type: miror }\n  /b: { type: mirror, repeat: 0 }\n";

function partsWith(text: string): FakeParts {
  const parts = new FakeParts();
  parts.files.set("/srv/app/sluice.yaml", text);
  return parts;
}

test("a good file is told so, with what is in it", async () => {
  const parts = partsWith(GOOD);
  expect(await parts.run("check")).toBe(0);
  expect(parts.output).toBe("sluice.yaml: ok, 1 listener, 2 services (/a, /b)\n");
  expect(parts.errors).toBe("");
  expect(parts.gateway).toBeUndefined();
});

test("every mistake is a line, for people and editors", async () => {
  const parts = partsWith(BAD);
  expect(await parts.run("check", "sluice.yaml")).toBe(3);
  expect(parts.errors).toBe(
    "sluice.yaml:2:15: services./a.type: unknown service type; did you mean `mirror`? Types are `mirror`, `relay`\n" +
      "sluice.yaml:3:31: services./b.repeat: must be at least 1\n" +
      "sluice.yaml: 2 problems\n",
  );
  expect(parts.output).toBe("");
});

test("on a terminal the source line is shown too", async () => {
  const parts = partsWith(BAD);
  parts.isTerminal = true;
  await parts.run("check");
  expect(parts.errors).toContain(
    "\n3 |   /b: { type: mirror, repeat: 0 }\n  |                               ^\n",
  );
});

test("people see the first fifty mistakes, and how many more there are", async () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => `x${index}: 1\n`).join("");
  const parts = partsWith(`${keys(50)}${GOOD}`);
  await parts.run("check");
  expect(parts.errors.split("\n").at(-2)).toBe("sluice.yaml: 50 problems");
  expect(parts.errors).not.toContain("more");
  const full = partsWith(`${keys(51)}${GOOD}`);
  await full.run("check");
  expect(full.errors).toEndWith("… and 1 more\nsluice.yaml: 51 problems\n");
});

test("programs get JSON", async () => {
  const parts = partsWith(BAD);
  expect(await parts.run("check", "--json")).toBe(3);
  expect(JSON.parse(parts.output)).toEqual({
    ok: false,
    warnings: [],
    problems: [
      {
        file: "sluice.yaml",
        line: 2,
        column: 15,
        path: "services./a.type",
        message: "unknown service type",
        suggestion: "did you mean `mirror`? Types are `mirror`, `relay`",
      },
      { file: "sluice.yaml", line: 3, column: 31, path: "services./b.repeat", message: "must be at least 1" },
    ],
  });
  expect(parts.errors).toBe("");
});

test("a warning is no mistake", async () => {
  const parts = partsWith(`admin: http://0.0.0.0:8001\n${GOOD}`);
  expect(await parts.run("check")).toBe(0);
  expect(parts.errors).toStartWith("sluice.yaml:1:8: admin: warning: can be reached from other hosts");
});
