// What a schema found wrong, in the words of an operator. The schema's author may have given a message, as the rest
// of a sentence about the value; all others are worded here. No message repeats a value: it may be a secret.
import type { z } from "zod";
import { nearestName } from "./nearest.ts";
import { keysAt, type Schema } from "./schema-shape.ts";
import { type Finding, formatPath, type Path } from "./source.ts";

type Issue = z.core.$ZodIssue;

/** The keys that are known at a path below the value that was parsed. */
type KnownKeys = (path: Path) => readonly string[];

/** `schema` is what was parsed, `base` the path of its value. */
export function describeIssues(issues: readonly Issue[], schema: Schema, base: Path): readonly Finding[] {
  return describeAll(issues, base, (path) => keysAt(schema, path));
}

function describeAll(issues: readonly Issue[], base: Path, knownAt: KnownKeys): readonly Finding[] {
  // A key that was only misspelt is not missing too.
  const misspelt = new Set(issues.flatMap((issue) => meantKeys(issue, knownAt)));
  return issues.flatMap((issue) => {
    const inner = pathOf(issue);
    const path = [...base, ...inner];
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => unknownKey([...path, key], knownAt(inner)));
      case "invalid_union":
        return describeUnion(issue, path, (deeper) => knownAt([...inner, ...deeper]));
      case "invalid_key":
      case "invalid_element":
        return describeAll(issue.issues, path, (deeper) => knownAt([...inner, ...deeper]));
      default:
        return issue.input === undefined && misspelt.has(formatPath(inner)) ? [] : [wordIssue(issue, path)];
    }
  });
}

function pathOf(issue: Issue): (string | number)[] {
  return issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
}

/** Where the keys would stand that unknown ones are near to. */
function meantKeys(issue: Issue, knownAt: KnownKeys): readonly string[] {
  if (issue.code !== "unrecognized_keys") return [];
  const path = pathOf(issue);
  return issue.keys.flatMap((key) => {
    const nearest = nearestName(key, knownAt(path));
    return nearest === undefined ? [] : [formatPath([...path, nearest])];
  });
}

export function unknownKey(path: Path, known: readonly string[]): Finding {
  const nearest = nearestName(String(path.at(-1)), known);
  const suggestion =
    nearest !== undefined
      ? `did you mean \`${nearest}\`?`
      : known.length > 0
        ? `known are ${list(known)}`
        : undefined;
  return { path, at: "key", message: "unknown key", ...(suggestion === undefined ? {} : { suggestion }) };
}

/** Longer lists of names are for the reference. */
const NAMES_SHOWN_MAX = 12;

export function list(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN_MAX).map((name) => `\`${name}\``);
  return names.length > NAMES_SHOWN_MAX ? `${shown.join(", ")}, …` : shown.join(", ");
}

function wordIssue(issue: Issue, path: Path): Finding {
  if (issue.message !== "") return { path, message: issue.message };
  if (issue.code === "invalid_type" && issue.input === undefined) return { path, message: "is missing" };
  const expectation = expectationOf(issue);
  if (expectation === undefined) return { path, message: boundMessage(issue) ?? "is not valid" };
  const nearest =
    issue.code === "invalid_value" && typeof issue.input === "string"
      ? nearestName(issue.input, issue.values.map(String))
      : undefined;
  return {
    path,
    message: `must be ${expectation}`,
    ...(nearest === undefined ? {} : { suggestion: `did you mean \`${nearest}\`?` }),
  };
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  tuple: "a list",
  object: "a map of keys",
  record: "a map of keys",
  null: "empty",
};

/** What the value should have been, as a noun; `undefined` when its kind is not what is wrong. */
function expectationOf(issue: Issue): string | undefined {
  if (issue.code === "invalid_type") return KINDS[issue.expected] ?? `a value of the kind ${issue.expected}`;
  if (issue.code !== "invalid_value") return undefined;
  const names = list(issue.values.map(String));
  return issue.values.length === 1 ? names : `one of ${names}`;
}

function boundMessage(issue: Issue): string | undefined {
  if (issue.code === "not_multiple_of") return `must be a multiple of ${issue.divisor}`;
  if (issue.code !== "too_small" && issue.code !== "too_big") return undefined;
  const isLeast = issue.code === "too_small";
  const bound = issue.code === "too_small" ? issue.minimum : issue.maximum;
  const unit = BOUND_UNITS[issue.origin];
  const isSharp = issue.exact === true || issue.inclusive !== false;
  const words = isSharp ? (isLeast ? "at least" : "at most") : isLeast ? "more than" : "less than";
  return unit === undefined
    ? `must be ${words} ${bound}`
    : `must have ${words} ${bound} ${bound === 1 || bound === 1n ? unit.one : unit.many}`;
}

interface Noun {
  readonly one: string;
  readonly many: string;
}

const ENTRIES: Noun = { one: "entry", many: "entries" };
const BOUND_UNITS: Readonly<Record<string, Noun>> = {
  string: { one: "character", many: "characters" },
  array: ENTRIES,
  set: ENTRIES,
  map: ENTRIES,
  object: { one: "key", many: "keys" },
};

type UnionIssue = Extract<Issue, { readonly code: "invalid_union" }>;

/** Of several alternatives: the mistakes in the one that was meant, or else what all of them expect. */
function describeUnion(issue: UnionIssue, path: Path, knownAt: KnownKeys): readonly Finding[] {
  const alternatives: readonly (readonly Issue[])[] = issue.errors;
  const meant = alternatives.filter((issues) => !issues.some(isKindIssue));
  const [best] = [...meant].sort((a, b) => a.length - b.length);
  const isContainer = typeof issue.input === "object" && issue.input !== null;
  if (best !== undefined && isContainer) return describeAll(best, path, knownAt);
  if (issue.input === undefined) return [{ path, message: "is missing" }];
  // A value of the right kind that breaks a rule is told of the rule; other kinds are then alternatives to it.
  const firsts = alternatives.flatMap((issues) => issues.slice(0, 1));
  const rule = best?.[0] ?? firsts.find((one) => one.message !== "");
  const expectations = firsts.flatMap((one) => (one.message === "" ? (expectationOf(one) ?? []) : []));
  const others = [...new Set(expectations)].join(" or ");
  if (rule === undefined) return [{ path, message: others === "" ? "is not valid" : `must be ${others}` }];
  const { message } = wordIssue(rule, path);
  return [
    {
      path,
      message:
        others === "" ? message : `${message}${message.endsWith("?") ? " Or" : ", or"} write ${others}`,
    },
  ];
}

function isKindIssue(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}
