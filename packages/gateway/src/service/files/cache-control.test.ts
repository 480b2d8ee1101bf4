import { describe, expect, test } from "bun:test";
import { createCachePolicy, findCacheValueProblem } from "./cache-control.ts";

const HOUR = 3_600_000;

describe("the cache policy", () => {
  const policy = createCachePolicy([
    { pattern: "assets/special.js", value: "no-store" },
    { pattern: "assets/**", value: "public, max-age=31536000, immutable" },
    { pattern: "*.txt", value: "public, max-age=modified+1h, s-maxage=modified+2h" },
  ]);

  test("is that of the first rule that matches", () => {
    expect(policy("assets/special.js", 0, 0)).toBe("no-store");
    expect(policy("assets/app.js", 0, 0)).toBe("public, max-age=31536000, immutable");
    expect(policy("assets/a.txt", 0, 0)).toBe("public, max-age=31536000, immutable");
  });

  test("is to ask every time where none does", () => expect(policy("index.html", 0, 0)).toBe("no-cache"));

  test("counts an age down from the last change, to zero and not below", () => {
    expect(policy("a.txt", 0, 0)).toBe("public, max-age=3600, s-maxage=7200");
    expect(policy("a.txt", 0, HOUR - 1)).toBe("public, max-age=0, s-maxage=3600");
    expect(policy("a.txt", 0, 9 * HOUR)).toBe("public, max-age=0, s-maxage=0");
  });
});

describe("a value", () => {
  test("may be anything that a header can hold", () => {
    expect(findCacheValueProblem("public, max-age=modified+1.5h")).toBeUndefined();
    expect(findCacheValueProblem("max-age=60")).toBeUndefined();
  });
  for (const value of [
    "",
    "a\nb",
    "é€",
    "max-age=modified+1",
    "max-age=modified+unlimited",
    "max-age=modified+1y",
  ]) {
    test(`may not be ${JSON.stringify(value)}`, () => expect(findCacheValueProblem(value)).toBeString());
  }
});
