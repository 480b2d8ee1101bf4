// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are tested.
import { describe, expect, test } from "bun:test";
import { formatPath, type Source } from "./source.ts";
import { readYaml } from "./yaml-source.ts";
import { TREE_LIMITS } from "./yaml-tree.ts";

function data(text: string, environment = {}): unknown {
  const source = readYaml(text, environment);
  expect(source.findings).toEqual([]);
  // Maps come without a prototype; for comparing that makes no difference that matters.
  return JSON.parse(JSON.stringify(source.data));
}

function messages(source: Source): readonly string[] {
  return source.findings.map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

describe("values", () => {
  test("are texts, numbers, booleans, lists and maps (YAML 1.2 core schema)", () => {
    expect(data("a: text\nb: 1\nc: 1.5\nd: true\ne: no\nf: [x, '1']\ng: {h: ~}\ni:\nj: 2001-01-01")).toEqual({
      a: "text",
      b: 1,
      c: 1.5,
      d: true,
      e: "no",
      f: ["x", "1"],
      g: { h: null },
      i: null,
      j: "2001-01-01",
    });
  });

  test("have keys that are texts whatever they look like", () => {
    expect(data("1: a\ntrue: b\n__proto__: {x: 1}")).toEqual(
      JSON.parse('{"1":"a","true":"b","__proto__":{"x":1}}'),
    );
  });

  test("of a tag without a meaning here are refused", () => {
    expect(messages(readYaml("a: !!binary aGk=", {}))).toEqual([
      "a: has the tag `tag:yaml.org,2002:binary`, which has no meaning here",
    ]);
  });
});

describe("places", () => {
  const text = "listen:\n  - url: x\n    drafts: true\nservices:\n  /a: { type: echo,  repeat: 2 }\nempty:\n";
  const source = readYaml(text, {});

  test.each([
    [["listen"], "key", 1, 1],
    [["listen"], "value", 2, 3],
    [["listen", 0], "value", 2, 5],
    [["listen", 0, "drafts"], "key", 3, 5],
    [["listen", 0, "drafts"], "value", 3, 13],
    [["services", "/a", "repeat"], "key", 5, 22],
    [["services", "/a", "repeat"], "value", 5, 30],
    [["empty"], "key", 6, 1],
  ] as const)("%p %s", (path, at, line, column) => {
    expect(source.locate(path, at)).toEqual({ line, column });
  });

  test("of what is not there are unknown", () => {
    expect(source.locate(["listen", 1], "value")).toBeUndefined();
    expect(source.locate(["listen", 0], "key")).toBeUndefined();
  });

  test("of what an alias brings are where it was written", () => {
    const aliased = readYaml("a: &x { b: 1 }\nc: *x\nd:\n  <<: *x\n", {});
    expect(aliased.locate(["c", "b"], "value")).toEqual({ line: 1, column: 12 });
    expect(aliased.locate(["d", "b"], "key")).toEqual({ line: 1, column: 9 });
  });
});

describe("duplicate keys", () => {
  test("are reported where the second one stands; the first one counts", () => {
    const source = readYaml("a: 1\nb: 2\na: 3\na: 4", {});
    expect(messages(source)).toEqual([
      "a: duplicate key; the first one is in line 1",
      "a: duplicate key; the first one is in line 1",
    ]);
    expect(source.findings.map(({ position }) => position?.line)).toEqual([3, 4]);
    expect(source.data).toMatchObject({ a: 1 });
  });
});

describe("aliases and merge keys", () => {
  test("bring what the anchor before them holds", () => {
    expect(data("a: &x [1]\nb: *x\nc: &x [2]\nd: *x")).toEqual({ a: [1], b: [1], c: [2], d: [2] });
    expect(data("&k key: 1\na: *k")).toEqual({ key: 1, a: "key" });
  });

  test("add only what the map does not have; of several maps the first wins (yaml.org/type/merge)", () => {
    const text =
      "x: &x { a: 1, b: 1 }\ny: &y { b: 2, c: 2 }\nz: { <<: [*x, *y], a: 0 }\nw: { c: 0, <<: *y }\nq: { <<: { a: 5 } }";
    expect(data(text)).toMatchObject({ z: { a: 0, b: 1, c: 2 }, w: { b: 2, c: 0 }, q: { a: 5 } });
    expect(data("x: &x { <<: { a: 1 }, b: 1 }\ny: { <<: *x }")).toMatchObject({ y: { a: 1, b: 1 } });
  });

  test("mean nothing in quotes", () => {
    expect(data("'<<': { a: 1 }")).toEqual({ "<<": { a: 1 } });
  });

  test("must have something to bring", () => {
    expect(messages(readYaml("a: *none", {}))).toEqual(["a: there is no anchor `&none` before this alias"]);
    expect(messages(readYaml("a: { <<: 1 }", {}))).toEqual([
      "a.<<: must be an alias of a map, or a list of them",
    ]);
    expect(messages(readYaml("a: { <<: *none }", {}))).toEqual([
      "a.<<: must be an alias of a map, or a list of them",
    ]);
  });

  test.each(["a: &a [*a]", "a: &a { b: *a }", "a: &a { <<: *a }", "a: &a { b: { <<: [*a] } }"])(
    "that hold themselves are an error: %s",
    (text) => {
      const source = readYaml(text, {});
      expect(messages(source).join()).toContain("holds itself through an alias");
      expect(source.data).toBeUndefined();
    },
  );

  test("cannot grow without bound", () => {
    const level = (name: string, below: string) =>
      `${name}: &${name} [${Array(10).fill(`*${below}`).join(", ")}]`;
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [name, below] of ["ba", "cb", "dc", "ed", "fe", "gf", "hg"])
      bomb.push(level(name ?? "", below ?? ""));
    expect(messages(readYaml(bomb.join("\n"), {})).join()).toContain("more than 100000 values");
  });

  test("that merge are counted, even if they bring nothing", () => {
    const text = `m: &m { x: 1 }\nn: &n [*m, *m, *m, *m]\no: { <<: [*n, *n, *n, *n] }`;
    // Without the merges there are fewer than twenty; they bring sixteen maps, by four lists.
    const limits = (valuesMax: number) => ({ ...TREE_LIMITS, valuesMax });
    expect(messages(readYaml(text, {}, limits(30)))).toHaveLength(1);
    expect(messages(readYaml(text, {}, limits(60)))).toEqual([]);
  });
});

describe("limits", () => {
  const limits = { valuesMax: 10, depthMax: 5, substitutedMaxCharacters: 20 };

  test("of values bite exactly there", () => {
    // The map, the list, and its entries.
    const text = (entries: number) => `a: [${"1,".repeat(entries)}]`;
    expect(messages(readYaml(text(8), {}, limits))).toEqual([]);
    expect(messages(readYaml(text(9), {}, limits))).toEqual([
      "a[8]: holds more than 10 values, with all aliases expanded",
    ]);
  });

  test("of depth bite exactly there, for aliases too", () => {
    const text = (depth: number) => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
    expect(messages(readYaml(text(5), {}, limits))).toEqual([]);
    expect(messages(readYaml(text(6), {}, limits)).join()).toContain("is nested more than 5 levels deep");
    const deep = { ...limits, valuesMax: 100 };
    expect(messages(readYaml("a: &a [[[1]]]\nb: *a", {}, deep))).toEqual([]);
    expect(messages(readYaml("a: &a [[[1]]]\nb: [*a]", {}, deep)).join()).toContain(
      "more than 5 levels deep",
    );
  });

  test("of what the environment gives bite exactly there", () => {
    const text = (count: number) => `[${Array(count).fill('"${X}"').join(", ")}, end]`;
    expect(messages(readYaml(text(4), { X: "12345" }, limits))).toEqual([]);
    expect(messages(readYaml(text(5), { X: "12345" }, limits))).toEqual([
      "[5]: takes more than 20 characters from the environment",
    ]);
  });

  test("are wide enough for any sensible file", () => {
    expect(TREE_LIMITS).toEqual({ valuesMax: 100_000, depthMax: 64, substitutedMaxCharacters: 4_194_304 });
  });
});

describe("the environment", () => {
  test("is put into texts of every style, and remembered", () => {
    const source = readYaml("a: x-${X}\nb: '${X}'\nc: \"${X}\"\nd: |\n  ${X}\ne: plain", { X: "1" });
    expect(source.data).toMatchObject({ a: "x-1", b: "1", c: "1", d: "1\n", e: "plain" });
    expect(source.environmentOf(["a"])).toEqual(["X"]);
    expect(source.environmentOf(["e"])).toEqual([]);
  });

  test("is not put into keys", () => {
    expect(data("${X}: 1", { X: "a" })).toEqual({ "${X}": 1 });
  });

  test("never adds structure", () => {
    const hostile = 'x", admin: "off\n- y: {z: 1}\n# *a &b !c ${X}';
    expect(data('a: "${X}"\nb: ${X}', { X: hostile })).toEqual({ a: hostile, b: hostile });
  });

  test("that is not set has the place of its value", () => {
    const source = readYaml("a:\n  b: tcp://${NONE}:1", {});
    expect(messages(source)).toEqual([
      "a.b: the environment variable `NONE` is not set; set it, or write `${NONE:-default}`",
    ]);
    expect(source.locate(["a", "b"], "value")).toEqual({ line: 2, column: 6 });
  });
});
