// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are tested.
import { describe, expect, test } from "bun:test";
import { formatPath } from "./source.ts";
import { readYaml } from "./yaml-source.ts";

/** Findings as `line:column path: message`. */
function findings(text: string, environment = {}): readonly string[] {
  const source = readYaml(text, environment);
  return source.findings.map((finding) => {
    const place = finding.position ?? source.locate(finding.path, finding.at ?? "value");
    return `${place?.line}:${place?.column} ${formatPath(finding.path)}: ${finding.message}`;
  });
}

describe("syntax", () => {
  test.each([
    [
      "a: [1, 2",
      [
        "1:9 : is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
      ],
    ],
    ["a:\n\t- b", ["2:1 : is not valid YAML: Tabs are not allowed as indentation"]],
    ["a: 1\n---\nb: 2", ["2:1 : begins a second document; a configuration is one"]],
    ["? [a]\n: 1", ["1:3 : has a key that is a list, a map or an alias; keys are texts"]],
    ["a: !color red", ["1:4 : is not valid YAML: Unresolved tag: !color"]],
    [
      "%YAML 1.1\n---\na: no",
      ["1:1 : the file asks for YAML 1.1, where `no` is a boolean; remove its `%YAML` line"],
    ],
  ])("%p", (text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test("of one slip shows the first three errors", () => {
    const shown = findings("a: { x: [::1], y: [::1], z: [::1] }\nb: }}}}");
    expect(shown.length).toBe(3);
  });

  test("explains what a brace or bracket does inside a value", () => {
    expect(findings("a: { port: ${PORT} }")[0]).toBe(
      '1:13 : has a reference inside `{ }` or `[ ]`, where it needs quotes: `"${NAME}"`',
    );
    expect(findings("a: { url: http://[::1]:80 }")[0]).toBe(
      "1:18 : has a `[` inside a value, which needs quotes then",
    );
  });

  test("nested without end is an error, not the end of the process", () => {
    expect(findings("[".repeat(20_000)).at(0)).toContain("is nested too deeply");
  });

  test("bites at 1 MiB, in bytes", () => {
    const comment = (bytes: number) => `#${"ü".repeat((bytes - 2) / 2)}\n`;
    expect(findings(comment(1024 * 1024))).toEqual([]);
    expect(findings(`${comment(1024 * 1024)} `)).toEqual([
      "undefined:undefined : the file is larger than 1 MiB",
    ]);
  });
});

test("an empty text is no data and no finding", () => {
  expect(readYaml("", {})).toMatchObject({ data: null, findings: [] });
  expect(readYaml("# only a comment\n", {})).toMatchObject({ data: null, findings: [] });
});
