import { describe, expect, test } from "bun:test";
import { formatExcerpt, formatProblem, problemOf } from "./problem.ts";
import type { Path, Source } from "./source.ts";

const file = "sluice.yaml";

function sourceWith(places: Readonly<Record<string, number>>): Source {
  return {
    data: {},
    findings: [],
    environmentOf: () => [],
    locate: (path: Path, at) => {
      const line = places[`${at}:${path.join("/")}`];
      return line === undefined ? undefined : { line, column: 5 };
    },
  };
}

describe("a problem", () => {
  test("is one line with its place, path, message and suggestion", () => {
    const problem = { file, line: 12, column: 5, path: "services./mqtt.conect", message: "unknown key" };
    expect(formatProblem({ ...problem, suggestion: "did you mean `connect`?" })).toBe(
      "sluice.yaml:12:5: services./mqtt.conect: unknown key; did you mean `connect`?",
    );
    expect(formatProblem({ file, path: "", message: "is empty" })).toBe("sluice.yaml: is empty");
  });

  test("of a value that is there has its place", () => {
    const source = sourceWith({ "value:a/b": 3, "key:a/b": 2 });
    expect(problemOf({ path: ["a", "b"], message: "x" }, source, file).line).toBe(3);
    expect(problemOf({ path: ["a", "b"], message: "x", at: "key" }, source, file).line).toBe(2);
  });

  test("of something that is missing has the place of what should hold it", () => {
    const source = sourceWith({ "key:a": 7 });
    expect(problemOf({ path: ["a", "b", "c"], message: "is missing" }, source, file)).toMatchObject({
      line: 7,
      path: "a.b.c",
    });
  });

  test("may have no place", () => {
    expect(problemOf({ path: ["a"], message: "x" }, sourceWith({}), file)).toEqual({
      file,
      path: "a",
      message: "x",
    });
  });
});

describe("the excerpt", () => {
  const problem = { file, path: "", message: "" };

  test("has a caret under the column", () => {
    const text = "a: 1\r\nbb: 2\nc: 3";
    expect(formatExcerpt({ ...problem, line: 2, column: 5 }, text)).toBe("2 | bb: 2\n  |     ^");
  });

  test("is cut around the column of a long line", () => {
    const excerpt = formatExcerpt(
      { ...problem, line: 1, column: 500 },
      `${"a".repeat(499)}X${"b".repeat(499)}`,
    );
    const [line = "", caret = ""] = excerpt.split("\n");
    expect(line.length).toBe(4 + 100);
    expect(line[caret.indexOf("^")]).toBe("X");
  });

  test("shows nothing that steers a terminal", () => {
    expect(formatExcerpt({ ...problem, line: 1, column: 1 }, "a\u001b[2Jb\u009bc\t")).toBe(
      "1 | a [2Jb c \n  | ^",
    );
  });

  test("is empty without a place", () => {
    expect(formatExcerpt(problem, "a")).toBe("");
    expect(formatExcerpt({ ...problem, line: 9, column: 1 }, "a")).toBe("");
  });
});
