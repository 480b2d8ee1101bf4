// Patterns for file paths: `*` and `?` within a name, `**` across folders. Nothing else is special.
// Matching takes time that grows with pattern times path at worst; no regular expression is built, so none can explode.

/** A pattern that was checked and split, to be matched often. */
export interface Glob {
  /** `path` is relative, such as `assets/app.js`. */
  matches(path: string): boolean;
}

/** What is wrong with a pattern, as the rest of a sentence about it. */
export function findGlobProblem(pattern: string): string | undefined {
  if (pattern === "") return "is empty";
  if (pattern.startsWith("/")) return "starts with a slash; patterns are relative to the folder";
  const names = pattern.split("/");
  if (names.includes("")) return "has an empty name between two slashes, or ends in a slash";
  if (names.some((name) => name.includes("**") && name !== "**")) {
    return "has `**` beside other characters; it stands alone between slashes";
  }
  return undefined;
}

/** A pattern without a slash matches that name in any folder, as in a .gitignore. */
export function createGlob(pattern: string): Glob {
  const names = pattern.includes("/") ? pattern.split("/") : ["**", pattern];
  return { matches: (path) => matchList(names, path.split("/"), isAnyDepth, matchName) };
}

const isAnyDepth = (name: string | undefined) => name === "**";

function matchName(pattern: string, name: string): boolean {
  // By code point, so that `?` is one character for people too.
  return matchList([...pattern], [...name], isStar, (one, other) => one === "?" || one === other);
}

const isStar = (character: string | undefined) => character === "*";

/**
 * The usual walk for one kind of wildcard that stands for any number of items: on a mismatch, the last wildcard takes one
 * item more. Only the last one ever has to be reconsidered.
 */
function matchList(
  pattern: readonly string[],
  items: readonly string[],
  isWild: (part: string | undefined) => boolean,
  matches: (part: string, item: string) => boolean,
): boolean {
  let at = 0;
  let wildAt = -1;
  let takenUntil = 0;
  for (let index = 0; index < items.length; ) {
    const part = pattern[at];
    if (isWild(part)) {
      wildAt = at++;
      takenUntil = index;
    } else if (part !== undefined && matches(part, items[index] ?? "")) {
      at++;
      index++;
    } else if (wildAt >= 0) {
      at = wildAt + 1;
      index = ++takenUntil;
    } else return false;
  }
  while (isWild(pattern[at])) at++;
  return at === pattern.length;
}
