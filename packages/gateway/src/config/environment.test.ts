// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what is tested.
import { expect, test } from "bun:test";
import { substitute } from "./environment.ts";

const ENVIRONMENT = { HOST: "broker", EMPTY: "", INNER: "${HOST}", _a1: "x" };

test.each([
  ["${HOST}", "broker", ["HOST"]],
  ["tcp://${HOST}:${PORT:-1883}", "tcp://broker:1883", ["HOST", "PORT"]],
  ["${EMPTY}", "", ["EMPTY"]],
  ["${EMPTY:-full}", "full", ["EMPTY"]],
  ["${NONE:-}", "", ["NONE"]],
  ["${NONE:-a:-b c}", "a:-b c", ["NONE"]],
  ["$${HOST}", "${HOST}", []],
  ["$$${HOST}", "$${HOST}", []],
  ["$HOST 5$ {x}", "$HOST 5$ {x}", []],
  ["${_a1}", "x", ["_a1"]],
])("%s becomes %s", (text, expected, names) => {
  expect(substitute(text, ENVIRONMENT)).toEqual({ text: expected, names, problems: [] });
});

test("does not look into what it put in", () => {
  expect(substitute("${INNER}", ENVIRONMENT).text).toBe("${HOST}");
});

test("says which variable is not set", () => {
  expect(substitute("a ${NONE} b", ENVIRONMENT)).toEqual({
    text: "a ${NONE} b",
    names: ["NONE"],
    problems: ["the environment variable `NONE` is not set; set it, or write `${NONE:-default}`"],
  });
});

test.each(["${}", "${a b}", "${1a}", "${HOST", "${HOST-x}", "${HOST:x}", "${:-x}"])(
  "%s is no reference",
  (text) => {
    expect(substitute(text, ENVIRONMENT).problems).toEqual([
      "`${` begins no `${NAME}` or `${NAME:-default}`; write `$${` if it stands for itself",
    ]);
  },
);

test("does not find what every object has", () => {
  expect(substitute("${toString} ${constructor}", ENVIRONMENT).problems).toHaveLength(2);
});
