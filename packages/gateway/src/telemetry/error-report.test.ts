import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { ERRORS_MAX, type ErrorReport, reportError, STACK_MAX_BYTES } from "./error-report.ts";

function chain(length: number): Error {
  let error = new Error(`error ${length}`);
  for (let number = length - 1; number >= 1; number--) error = new Error(`error ${number}`, { cause: error });
  return error;
}

function depth(report: ErrorReport): number {
  return 1 + Math.max(0, ...report.causes.map(depth));
}

describe("reportError", () => {
  test("tells a failure's code and detail", () => {
    expect(reportError(new Failure("backend.tls", "expired"))).toMatchObject({
      name: "Failure",
      code: "backend.tls",
      detail: "expired",
      causes: [],
    });
    expect(reportError(new Failure("backend.tls")).detail).toBeUndefined();
  });

  test("tells the system's code, a number too", () => {
    expect(reportError(Object.assign(new Error("x"), { code: "EMFILE" })).code).toBe("EMFILE");
    expect(reportError(Object.assign(new Error("x"), { code: 7 })).code).toBe("7");
    expect(reportError(Object.assign(new Error("x"), { code: {} })).code).toBeUndefined();
  });

  test("follows causes to the eighth error and no further", () => {
    expect(depth(reportError(chain(ERRORS_MAX)))).toBe(ERRORS_MAX);
    expect(depth(reportError(chain(ERRORS_MAX + 1)))).toBe(ERRORS_MAX);
  });

  test("counts the errors of an AggregateError among the eight", () => {
    const errors = Array.from({ length: 20 }, (_, index) => new Error(`address ${index}`));
    const { causes } = reportError(new AggregateError(errors, "all failed"));
    expect(causes.map(({ message }) => message)).toEqual(
      errors.slice(0, ERRORS_MAX - 1).map((one) => one.message),
    );
  });

  test("ends at an error that is its own cause", () => {
    const error = new Error("loop");
    error.cause = new Error("middle", { cause: error });
    expect(depth(reportError(error))).toBe(2);
  });

  test("keeps frames and leaves out what a message pretends to be", () => {
    const error = new Error("x");
    error.stack = "Error: x\nGET / HTTP/1.1\n    at connect (tcp.ts:1:2)\n    at open (index.ts:3:4)";
    expect(reportError(error).stack).toBe("connect (tcp.ts:1:2)\nopen (index.ts:3:4)");
  });

  test("cuts a stack at 4096 bytes", () => {
    const error = new Error("x");
    const frame = (bytes: number) => `Error: x\n    at ${"f".repeat(bytes)}`;
    error.stack = frame(STACK_MAX_BYTES);
    expect(reportError(error).stack).toBe("f".repeat(STACK_MAX_BYTES));
    error.stack = frame(STACK_MAX_BYTES + 1);
    expect(reportError(error).stack).toBe(`${"f".repeat(STACK_MAX_BYTES)} [+1 bytes]`);
  });

  const oddities: readonly (readonly [string, unknown, Partial<ErrorReport>])[] = [
    ["a string", "boom", { name: "string", message: "boom" }],
    ["null", null, { message: "null" }],
    ["a symbol", Symbol("s"), { name: "symbol", message: "Symbol(s)" }],
    ["an object without prototype", Object.create(null), { name: "object", message: "[object Object]" }],
    [
      "an object whose getters throw",
      {
        get message() {
          throw new Error("no");
        },
      },
      { name: "object", message: "[object Object]" },
    ],
  ];
  test.each(oddities)("takes %s, since anything can be thrown", (_, thrown, expected) => {
    expect(reportError(thrown)).toMatchObject({ ...expected, causes: [] });
  });
});
