// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are tested.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { FAKE_DEFINITIONS } from "./fake-definitions.ts";
import { load } from "./fake-loading.ts";
import { resolvedData } from "./print.ts";
import { formatExcerpt, formatProblem } from "./problem.ts";

/** What configurations are made of, so that random texts come near to them. */
const WORDS = [
  "listen",
  "admin",
  "services",
  "defaults",
  "limits",
  "log",
  "hosts",
  "type",
  "mirror",
  "relay",
  "connect",
  "tls",
  "url",
  "repeat",
  "login",
  "weights",
  "speed",
  "/a",
  "/",
  "http://h:1",
  "https://[::1]:2",
  "tcp://h:1",
  "unix:/s",
  "64 KiB",
  "5s",
  "off",
  "auto",
  "true",
  "1",
  "-3.5",
  "~",
  "${X}",
  "${N:-5}",
  "${",
  "$${",
  "&x",
  "*x",
  "<<",
  "!t",
  "|",
  ">",
  "'",
  '"',
  "[",
  "]",
  "{",
  "}",
  ",",
  ": ",
  ":",
  "- ",
  "? ",
  "#",
  "\n",
  "\n  ",
  "\n    ",
  "---",
  "%YAML 1.1",
  "\t",
  "\0",
  "\ud800",
];

const near = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(""));

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...WORDS),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...WORDS, "__proto__"), tie("tree"), { maxKeys: 5 }),
  ),
})).tree;

function judge(result: ReturnType<typeof load>, text: string): void {
  if ("problems" in result) {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const problem of result.problems) {
      expect(formatProblem(problem)).toStartWith("sluice.yaml");
      formatExcerpt(problem, text);
    }
  } else resolvedData(result, FAKE_DEFINITIONS);
}

/** Enough to find what random inputs find at all; the time is for a busy machine. */
const RUNS = 300;
const TIMEOUT_MS = 60_000;

test(
  "any text gives settings or problems, never a throw",
  () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), near), (text) => {
        judge(load(text, { environment: { X: "x" } }), text);
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

test(
  "any data gives settings or problems, never a throw",
  () => {
    fc.assert(
      fc.property(value, value, value, (services, listen, rest) => {
        const data = { ...(typeof rest === "object" ? rest : {}), services, listen };
        judge(load("", { content: { value: data } }), "");
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
