import { expect, test } from "bun:test";
import fc from "fast-check";
import { createGlob } from "./glob.ts";

const name = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "b", ".", "-") });
const part = fc.oneof(name, fc.constantFrom("*", "**", "?", "a*", "*.b", "?b*"));

/** The same meaning by a regular expression, for patterns that are too short to make one explode. */
function reference(pattern: string): RegExp {
  const names = pattern.includes("/") ? pattern.split("/") : ["**", pattern];
  const sources = names.map((one) =>
    one === "**"
      ? "(?:[^/]+(?:/|$))*"
      : one.replace(/[.]/g, "\\.").replace(/\*/g, "[^/]*").replace(/\?/g, "[^/]"),
  );
  let source = "";
  for (const [index, one] of sources.entries()) {
    const isLast = index === sources.length - 1;
    source += names[index] === "**" ? one : `${one}${isLast ? "" : "/"}`;
  }
  return new RegExp(`^${source}$`, "u");
}

test("agrees with a regular expression", () => {
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.array(name, { minLength: 1, maxLength: 4 }),
      (parts, names) => {
        const [pattern, path] = [parts.join("/"), names.join("/")];
        // `a/**` also matches `a` itself, which the expression's trailing slash does not.
        fc.pre(parts.at(-1) !== "**");
        expect(createGlob(pattern).matches(path)).toBe(reference(pattern).test(path));
      },
    ),
    { numRuns: 3000 },
  );
});
