// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are tested.
import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { z } from "zod";
import { FAKE_DEFINITIONS } from "./fake-definitions.ts";
import { problemsOf } from "./fake-loading.ts";
import { jsonSchema } from "./json-schema.ts";

const schema = jsonSchema(FAKE_DEFINITIONS);
/** zod reads JSON Schema too; another reader than the schemas that made it. */
const judge = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
const isValid = (text: string): boolean => judge.safeParse(parse(text)).success;

test.each([
  "services: { /a: { type: mirror } }",
  "$schema: x\nlisten: [http://h:1, { url: 'https://h:2', tls: { certificate: c, key: k } }]\nservices: { /a: { type: mirror, repeat: 2, idleTimeout: 5s } }",
  "defaults: { messageMaxSize: 1 MiB }\nservices: { /b: { type: relay, connect: tcp://h:1, login: { user: x } } }",
  "log: { level: '${LEVEL:-info}' }\nlimits: { descriptorReserve: '${N}' }\nservices: { /a: { type: mirror, repeat: '${N}' } }",
])("takes what the loader takes: %s", (text) => {
  expect(problemsOf(text, { environment: { N: "16" } })).toEqual([]);
  expect(isValid(text)).toBe(true);
});

test.each([
  "listen: [http://h:1]",
  "services: {}",
  "lisen: []\nservices: { /a: { type: mirror } }",
  "services: { a: { type: mirror } }",
  "services: { /a: { type: other } }",
  "services: { /a: { repeat: 2 } }",
  "services: { /a: { type: mirror, repeats: 2 } }",
  "services: { /a: { type: mirror, repeat: 0 } }",
  "services: { /a: { type: mirror, repeat: two } }",
  "services: { /a: { type: mirror, connect: tcp://h:1 } }",
  "services: { /a: { type: relay } }",
  "defaults: { messageMaxSize: 65536 }\nservices: { /a: { type: mirror } }",
  "log: { level: loud }\nservices: { /a: { type: mirror } }",
])("refuses what the loader refuses: %s", (text) => {
  expect(problemsOf(text)).not.toEqual([]);
  expect(isValid(text)).toBe(false);
});

describe("an editor is told", () => {
  const text = JSON.stringify(schema);

  test("what each key means, and its default", () => {
    expect(text).toContain('"description":"How often. 1 to 1000."');
    expect(text).toContain('"default":"128 KiB"');
    expect(text).toContain('"description":"For tests of the configuration: relay."');
  });

  test("every option's meaning, without exception", () => {
    const missing: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const properties: unknown = Reflect.get(node, "properties");
      for (const [key, value] of Object.entries(
        typeof properties === "object" && properties !== null ? properties : {},
      )) {
        const isSaid =
          typeof value === "object" && value !== null && ("description" in value || "$ref" in value);
        if (!isSaid) missing.push(`${path}.${key}`);
      }
      for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
    };
    visit(schema, "");
    expect(missing).toEqual([]);
  });

  test("nothing of the range of exact integers", () => {
    expect(text).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });
});
