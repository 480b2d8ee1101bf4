// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are tested.
import { expect, test } from "bun:test";
import { z } from "zod";
import { createReading } from "./reading.ts";
import { filePath } from "./scalars.ts";
import { readYaml } from "./yaml-source.ts";

function read(text: string, environment = {}) {
  const source = readYaml(text, environment);
  return { reading: createReading(source, "/etc/sluice"), data: source.data };
}

test("files become absolute, from the folder of the configuration", () => {
  const { reading, data } = read("a: web\nb: /web\nc: ../web\nd: web");
  const schema = z.strictObject({ a: filePath(), b: filePath(), c: filePath(), d: z.string() });
  expect(reading.parse(schema, data, [])?.value).toEqual({
    a: "/etc/sluice/web",
    b: "/web",
    c: "/etc/web",
    d: "web",
  });
});

test("what the environment gives becomes a number or boolean where one is wanted, and only there", () => {
  const { reading, data } = read("{a: '${N}', b: '${N}', c: '${T}', d: '${N}', e: '7'}", {
    N: "5",
    T: "true",
  });
  const schema = z.object({
    a: z.int(),
    b: z.string(),
    c: z.boolean(),
    d: z.union([z.literal("x"), z.int()]),
  });
  expect(reading.parse(schema, data, [])?.value).toEqual({ a: 5, b: "5", c: true, d: 5 });
  expect(reading.parse(z.object({ e: z.int() }), data, [])).toBeUndefined();
  expect(reading.findings).toEqual([{ path: ["e"], message: "must be a number" }]);
});

test("what the environment gives is judged like the rest", () => {
  const { reading, data } = read("a: ${N}", { N: "1e3" });
  expect(reading.parse(z.object({ a: z.int() }), data, [])).toBeUndefined();
});

test("a value that could not be read is not judged too", () => {
  const { reading, data } = read("a: ${NONE}\nb: 1");
  expect(reading.parse(z.object({ a: z.int(), b: z.string() }), data, [])).toBeUndefined();
  expect(reading.findings.map(({ path }) => path.join())).toEqual(["a", "b"]);
});

test("findings can be left to another look", () => {
  const { reading, data } = read("a: 1\nb: 2");
  const schema = z.object({ a: z.string(), b: z.string() });
  expect(reading.parse(schema, data, [], ({ path }) => path[0] === "b")).toBeUndefined();
  expect(reading.findings.map(({ path }) => path.join())).toEqual(["b"]);
});

test("an output of `undefined` is an output", () => {
  const { reading } = read("");
  expect(reading.parse(z.undefined(), undefined, [])).toEqual({ value: undefined });
});
