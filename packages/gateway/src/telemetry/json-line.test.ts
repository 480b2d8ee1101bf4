import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { reportError } from "./error-report.ts";
import { formatJsonLine } from "./json-line.ts";
import type { LogFields } from "./log.ts";

const TIME_MS = Date.UTC(2026, 1, 3, 4, 5, 6, 7);

function format(fields: LogFields, thrown?: unknown): string {
  const error = thrown === undefined ? undefined : reportError(thrown);
  return formatJsonLine({ timeMs: TIME_MS, level: "info", event: "refused", fields, error });
}

describe("formatJsonLine", () => {
  test("writes time, level and event first, then the fields in their order", () => {
    expect(format({ path: "/echo", bytes: 12, secure: true, origin: undefined })).toBe(
      '{"time":"2026-02-03T04:05:06.007Z","level":"info","event":"refused","path":"/echo","bytes":12,"secure":true}\n',
    );
  });

  test("gives a field that is named like one of its own keys an underscore", () => {
    expect(format({ time: 1, level: "x", event: "y", error: "z" })).toEndWith(
      '"event":"refused","time_":1,"level_":"x","event_":"y","error_":"z"}\n',
    );
  });

  test("writes numbers that JSON cannot say as strings (RFC 8259 §6)", () => {
    expect(format({ a: Number.NaN, b: Number.POSITIVE_INFINITY })).toEndWith('"a":"NaN","b":"Infinity"}\n');
  });

  test("escapes what a client put into a value or a name", () => {
    expect(format({ origin: 'x"\n\u202e', "a\nb": 1 })).toEndWith('"origin":"x\\"\\n\\u202e","a\\nb":1}\n');
  });

  test("writes a failure with code, detail and causes", () => {
    const system = Object.assign(new Error("connect failed"), { code: "ECONNREFUSED" });
    const line = format({}, new Failure("backend.refused", "tcp://127.0.0.1:1883", { cause: system }));
    expect(JSON.parse(line)).toMatchObject({
      error: {
        name: "Failure",
        message: "The back end refused the connection. (tcp://127.0.0.1:1883)",
        code: "backend.refused",
        detail: "tcp://127.0.0.1:1883",
        stack: expect.stringContaining("json-line.test.ts"),
        causes: [{ name: "Error", message: "connect failed", code: "ECONNREFUSED" }],
      },
    });
  });
});
